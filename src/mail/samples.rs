//! Made-up data that reaches every part of every template.
//!
//! Each template is rendered with these when it is loaded, so that a misspelled variable stops
//! the start and not the first mail of the night.

use super::texts::{
    ChoiceText, CorrectionText, EndingReader, EndingText, FindingText, ItemText, NoticeText,
    PartnerOutcome, PartnerResultText, ProposedText, ReceiptAnswer, ReceiptText, ReviewNoticeText,
    RivalText, WindowChangeText,
};

/// A notice with everything in it, and one with everything left out that may be.
pub(super) fn notices() -> [NoticeText; 2] {
    let full = NoticeText {
        reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
        partner_name: "Contoso Danışmanlık A.Ş.".to_owned(),
        partner_mpn_id: "1234567".to_owned(),
        partner_contact_name: "Ece Yıldız".to_owned(),
        partner_contact_email: "ece.yildiz@partner.example".to_owned(),
        claim_name: "Teams rollout".to_owned(),
        customer_contact_name: "Mert Kaya".to_owned(),
        tenant_id: "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d".to_owned(),
        domain: "anadoluelektrik.com.tr".to_owned(),
        items: items(),
        activities: vec!["Usage".to_owned(), "Pre-sales".to_owned()],
        closes_sentence: "before Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)"
            .to_owned(),
        explanation: vec![
            "The day of this notice, Friday 20 November 2026, is not counted.".to_owned(),
            "The five business days are 23, 24, 25, 26 and 27 November 2026.".to_owned(),
        ],
        reply_to: "answers@cpor.example".to_owned(),
        answer_url: Some("https://cpor.example/r/AQEB5a2d9c7e4b60".to_owned()),
        partners_url: Some("https://cpor.example/c/AQEC5a2d9c7e4b60".to_owned()),
    };
    let bare = NoticeText {
        items: vec![ItemText { detail: String::new(), ..items().swap_remove(0) }],
        activities: Vec::new(),
        explanation: Vec::new(),
        answer_url: None,
        partners_url: None,
        ..full.clone()
    };
    [full, bare]
}

/// Every change of a window, with everything in it and with everything left out that may be.
pub(super) fn corrections() -> Vec<CorrectionText> {
    let [full, bare] = notices();
    let mut all = Vec::new();
    for change in WindowChangeText::ALL {
        let text = CorrectionText {
            notice: full.clone(),
            change,
            reason: Some("A court looks at the contract.".to_owned()),
            days: vec!["Thursday 26 November 2026, Declared late".to_owned()],
            business_days: Some(2),
            from_sentence: Some(
                "Monday 23 November 2026, 09:00 (Europe/Istanbul, UTC+03:00)".to_owned(),
            ),
            to_sentence: Some(
                "Monday 23 November 2026, 11:00 (Europe/Istanbul, UTC+03:00)".to_owned(),
            ),
            stopped: false,
            closed_sentence: "before Friday 27 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)"
                .to_owned(),
        };
        let least = CorrectionText {
            notice: bare.clone(),
            reason: None,
            days: Vec::new(),
            business_days: None,
            from_sentence: None,
            to_sentence: None,
            ..text.clone()
        };
        let stopped = CorrectionText { stopped: true, ..text.clone() };
        all.extend([text, least, stopped]);
    }
    all
}

/// Every outcome, with everything in it and with everything left out that may be.
pub(super) fn partner_results() -> Vec<PartnerResultText> {
    PartnerOutcome::ALL.into_iter().flat_map(|outcome| [full(outcome), bare(outcome)]).collect()
}

/// Every word to reviewers.
pub(super) fn review_notices() -> Vec<ReviewNoticeText> {
    let text = |status: &str, overdue| ReviewNoticeText {
        reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
        status: status.to_owned(),
        overdue,
        decide_by_sentence: "Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)"
            .to_owned(),
        partner_mpn_id: "1234567".to_owned(),
        items: items(),
    };
    let statuses = ["under_review", "contested", "disputed"];
    statuses.into_iter().flat_map(|status| [text(status, false), text(status, true)]).collect()
}

/// Both questions to a customer which partner it chooses.
pub(super) fn choices() -> [ChoiceText; 2] {
    let rival = |name: &str, mpn_id: &str| RivalText {
        name: name.to_owned(),
        mpn_id: mpn_id.to_owned(),
        items: items(),
    };
    [true, false].map(|decides| ChoiceText {
        reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
        customer_contact_name: "Mert Kaya".to_owned(),
        domain: "anadoluelektrik.com.tr".to_owned(),
        tenant_id: "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d".to_owned(),
        challenger: rival("rival.example", "7654321"),
        incumbents: vec![rival("partner.example", "1234567")],
        decides,
        choice_url: "https://cpor.example/w/AQEBAAAA".to_owned(),
        reply_to: "answers@cpor.example".to_owned(),
    })
}

/// Every receipt, with everything in it and with everything left out that may be.
pub(super) fn receipts() -> Vec<ReceiptText> {
    ReceiptAnswer::ALL.into_iter().flat_map(receipt).collect()
}

fn receipt(answer: ReceiptAnswer) -> [ReceiptText; 2] {
    let full = ReceiptText {
        reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
        receipt_number: "9C7E4B60-6".to_owned(),
        partner_name: "Contoso Danışmanlık A.Ş.".to_owned(),
        partner_mpn_id: "1234567".to_owned(),
        customer_contact_name: "Mert Kaya".to_owned(),
        tenant_id: "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d".to_owned(),
        domain: "anadoluelektrik.com.tr".to_owned(),
        items: items(),
        answer,
        passed_on_to: Some("s***@anadoluelektrik.com.tr".to_owned()),
        received_at_sentence: "Friday 27 November 2026, 23:59 (Europe/Istanbul, UTC+03:00)"
            .to_owned(),
        partners_url: "https://cpor.example/c/AQEC5a2d9c7e4b60".to_owned(),
        reply_to: "answers@cpor.example".to_owned(),
    };
    let bare = ReceiptText { items: Vec::new(), passed_on_to: None, ..full.clone() };
    [full, bare]
}

/// What each side is told, with everything in it and with everything left out that may be.
pub(super) fn endings() -> Vec<EndingText> {
    let text = |reader: EndingReader| {
        let full = EndingText {
            reader,
            reader_name: "Mert Kaya".to_owned(),
            reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
            partner_name: "Contoso Danışmanlık A.Ş.".to_owned(),
            partner_mpn_id: "1234567".to_owned(),
            tenant_id: "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d".to_owned(),
            domain: "anadoluelektrik.com.tr".to_owned(),
            items: items(),
            ends_on_sentence: "Wednesday 30 June 2027".to_owned(),
            imported: true,
            partners_url: "https://cpor.example/c/AQEC5a2d9c7e4b60".to_owned(),
            page_url: "https://cpor.example/partner/claims/0198".to_owned(),
            renewal_url: "https://cpor.example/v1/claims/0198/renewal".to_owned(),
            reply_to: "answers@cpor.example".to_owned(),
        };
        let bare = EndingText { items: Vec::new(), imported: false, ..full.clone() };
        [full, bare]
    };
    [EndingReader::Customer, EndingReader::Partner].into_iter().flat_map(text).collect()
}

fn full(outcome: PartnerOutcome) -> PartnerResultText {
    PartnerResultText {
        reference: "03-01980f6e-6d4a-7c3e-8b1f-5a2d9c7e4b60".to_owned(),
        claim_name: "Teams rollout".to_owned(),
        partner_contact_name: "Ece Yıldız".to_owned(),
        customer_domain: "anadoluelektrik.com.tr".to_owned(),
        tenant_id: "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d".to_owned(),
        items: items(),
        outcome,
        reason: Some("We work with another partner.".to_owned()),
        findings: vec![FindingText {
            field: "customer.domain".to_owned(),
            code: "domain_not_in_tenant".to_owned(),
            message: "The domain does not belong to this tenant; ask your customer.".to_owned(),
        }],
        proposed: Some(ProposedText {
            name: "Selin Demir".to_owned(),
            title: "CIO".to_owned(),
            email: "selin@anadoluelektrik.com.tr".to_owned(),
            comment: Some("She decides about partners.".to_owned()),
        }),
        decided_at_sentence: "Saturday 28 November 2026, 00:00 (Europe/Istanbul, UTC+03:00)"
            .to_owned(),
        answer_by_sentence: Some(
            "before Saturday 5 December 2026, 00:00 (Europe/Istanbul, UTC+03:00)".to_owned(),
        ),
        unanswered: true,
        customer_say: Some("decides"),
        reply_to: "answers@cpor.example".to_owned(),
    }
}

fn bare(outcome: PartnerOutcome) -> PartnerResultText {
    PartnerResultText {
        reason: None,
        findings: Vec::new(),
        proposed: None,
        answer_by_sentence: None,
        unanswered: false,
        customer_say: None,
        ..full(outcome)
    }
}

fn items() -> Vec<ItemText> {
    vec![
        ItemText { label: "Microsoft Teams".to_owned(), detail: "workload".to_owned() },
        ItemText {
            label: "Dynamics 365 Sales".to_owned(),
            detail: "2b6d9a10-7c1e-4d2f-8a55-6f7e8d9c0b1a".to_owned(),
        },
    ]
}
