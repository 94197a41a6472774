//! What an event is, in a sentence for a partner's people: in mails, in digests and in the inbox.
//!
//! An event that has no sentence of its own yet gets the one of its kind.

use crate::calendar::Language;
use crate::notifications::{Kind, SUSPENDED};

/// What happened, in one sentence.
#[must_use]
pub fn sentence(event: &str, kind: Kind, language: Language) -> &'static str {
    let (english, turkish) = by_event(event).unwrap_or_else(|| by_kind(kind));
    match language {
        Language::English => english,
        Language::Turkish => turkish,
    }
}

/// The name of a kind, for people.
#[must_use]
pub const fn kind_name(kind: Kind, language: Language) -> &'static str {
    let (english, turkish) = match kind {
        Kind::NeedsAction => ("Needs your action", "Sizden işlem bekliyor"),
        Kind::Decided => ("Decided", "Karara bağlandı"),
        Kind::CustomerAnswered => ("The customer answered", "Müşteri yanıtladı"),
        Kind::Window => ("The customer's time to answer", "Müşterinin yanıt süresi"),
        Kind::Ended => ("Ended", "Sona erdi"),
        Kind::CommentsAndContests => ("Comments and contests", "Yorumlar ve itirazlar"),
    };
    match language {
        Language::English => english,
        Language::Turkish => turkish,
    }
}

fn by_event(event: &str) -> Option<(&'static str, &'static str)> {
    Some(match event {
        "action_requested" => (
            "Something has to be put right before the claim goes on.",
            "Talebin ilerlemesi için bir şeyin düzeltilmesi gerekiyor.",
        ),
        "contact_proposed" => (
            "The customer has named another contact for you to confirm.",
            "Müşteri, onaylamanız için başka bir kişi belirtti.",
        ),
        "items_contested" => (
            "Another partner claims an item of this claim: say whether you keep your claim on it.",
            "Başka bir iş ortağı bir öğenizi talep ediyor: sürdürüp sürdürmediğinizi bildirin.",
        ),
        "partner_reminded" => (
            "Something still has to be put right, and the time for it ends soon.",
            "Hâlâ düzeltilmesi gereken bir şey var ve bunun süresi yakında doluyor.",
        ),
        "partner_notified" | "incumbent_notified" => (
            "The mail server refused our mail to the claim's own contact at your company.",
            "Şirketinizdeki talep sorumlusuna gönderdiğimiz e-posta, posta sunucusunca reddedildi.",
        ),
        "claim_disqualified" => (
            "The claim was refused by the rules and is closed.",
            "Talep kurallar gereği geçersiz sayıldı ve kapatıldı.",
        ),
        "claim_refused" => (
            "The claim was refused; what can still be done about it is in the claim.",
            "Talep reddedildi; buna karşı ne yapılabileceği talepte yazıyor.",
        ),
        "dispute_decided" => {
            ("The dispute of the refusal was decided.", "Redde yaptığınız itiraz karara bağlandı.")
        }
        "contest_won" => (
            "The contest of the items was decided for you.",
            "Öğelerle ilgili çekişme sizin lehinize karara bağlandı.",
        ),
        "association_imported" => (
            "The association was taken over from an earlier program, and is official.",
            "İlişkilendirme önceki bir programdan devralındı ve resmîdir.",
        ),
        "association_finalized" => {
            ("The association is official.", "İlişkilendirme resmiyet kazandı.")
        }
        "claim_rejected" => ("The customer has rejected the claim.", "Müşteri talebi reddetti."),
        "late_rejection_received" => (
            "The customer has said no after the time to answer had ended.",
            "Müşteri, yanıt süresi bittikten sonra hayır dedi.",
        ),
        "claim_confirmed" => ("The customer has agreed.", "Müşteri kabul etti."),
        "customer_notified" => (
            "The customer was told; its time to answer has begun.",
            "Müşteriye bildirildi; yanıt süresi başladı.",
        ),
        "window_paused" => {
            ("The customer's time to answer stands still.", "Müşterinin yanıt süresi durduruldu.")
        }
        "window_resumed" => {
            ("The customer's time to answer goes on.", "Müşterinin yanıt süresi yeniden işliyor.")
        }
        "window_extended" => {
            ("The customer has more time to answer.", "Müşterinin yanıt süresi uzatıldı.")
        }
        "claim_withdrawn" => ("The claim was taken back.", "Talep geri çekildi."),
        "association_ended" => (
            "The association has ended, and the access to usage figures with it.",
            "İlişkilendirme sona erdi; kullanım verilerine erişim de onunla birlikte bitti.",
        ),
        "subscription_end_warned" => (
            "The association ends soon, with the subscription that it is about.",
            "İlişkilendirme, konusu olan abonelikle birlikte yakında sona eriyor.",
        ),
        "incumbent_answered" => (
            "The partner that holds the items has answered your claim.",
            "Öğelerin bağlı olduğu iş ortağı talebinize yanıt verdi.",
        ),
        "contest_closed" => (
            "A contest of your items is over, and nothing has changed for you.",
            "Öğelerinizle ilgili bir çekişme bitti; sizin için bir şey değişmedi.",
        ),
        "review_requested" => (
            "A reviewer looks at the proof before the customer is told.",
            "Müşteriye bildirilmeden önce bir inceleyici kanıta bakıyor.",
        ),
        "review_approved" => {
            ("A reviewer has approved the claim.", "Bir inceleyici talebi onayladı.")
        }
        "comment_added" => ("A reviewer has written a comment.", "Bir inceleyici yorum yazdı."),
        "claim_contested" => (
            "Another partner holds or claims one of the items; a person compares the claims.",
            "Öğelerden biri başka bir iş ortağında; talepleri bir görevli karşılaştırıyor.",
        ),
        SUSPENDED => (
            "An address of your notifications refuses our mail, and is sent nothing any more.",
            "Bildirim adreslerinizden biri e-postamızı reddediyor; artık bir şey gönderilmiyor.",
        ),
        _ => return None,
    })
}

const fn by_kind(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::NeedsAction => {
            ("The claim waits for something from you.", "Talep sizden bir şey bekliyor.")
        }
        Kind::Decided => ("The claim was decided.", "Talep karara bağlandı."),
        Kind::CustomerAnswered => ("The customer has answered.", "Müşteri yanıt verdi."),
        Kind::Window => {
            ("The customer's time to answer has changed.", "Müşterinin yanıt süresi değişti.")
        }
        Kind::Ended => {
            ("The claim or its association has ended.", "Talep ya da ilişkilendirme bitti.")
        }
        Kind::CommentsAndContests => (
            "There is something new in the review of the claim.",
            "Talebin incelemesinde yeni bir gelişme var.",
        ),
    }
}
