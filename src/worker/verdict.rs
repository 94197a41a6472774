//! What the answers of the tenant directory mean for a claim, and how its uploaded documents
//! stand: rules R03, R05, R07, R09 and R11.
//!
//! Pure; the codes and sentences are one for each cause (`domain.md`, section 4).

use chrono::NaiveDate;

use crate::claim::item::Item;
use crate::claim::{Finding, Submission};
use crate::directory::{
    Channel, DirectoryAnswer, DomainAnswer, Registered, SubscriptionRecord, SubscriptionState,
    SubscriptionsAnswer,
};

/// R03: the partner's location is known, active, and enrolled in the claim's programs, where there
/// is a registry of partners.
pub(super) fn partner_finding(submission: &Submission, registered: &Registered) -> Option<Finding> {
    let finding = |code, message| Some(Finding::new("partner.mpn_id", code, message));
    let mpn_id = &submission.partner.mpn_id;
    let location = match registered {
        Registered::NoRegistry => return None,
        Registered::Unknown => None,
        Registered::Of(organization) => organization.location(mpn_id),
    };
    let Some(location) = location else {
        let message = "There is no partner location with this MPN ID. Have it registered, and send \
                       the claim again.";
        return finding("partner_unknown", message.to_owned());
    };
    if !location.is_active {
        let message = "The partner location is not active. Have it activated, and send the claim \
                       again.";
        return finding("partner_inactive", message.to_owned());
    }
    let program = submission.programs().find(|program| !location.is_enrolled_in(*program))?;
    let message = format!(
        "The partner location is not enrolled in the program `{program}`. Enroll it, and send the \
         claim again."
    );
    finding("partner_not_enrolled", message)
}

/// R09: the customer's contact is not the partner's own, and is at a domain of the tenant. Whoever
/// gets the notice decides for the customer.
pub(super) fn contact_findings(submission: &Submission, is_foreign: bool) -> Vec<Finding> {
    let field = "customer.contact.email";
    let contact = submission.customer.contact.email.domain().ascii();
    let partner = submission.partner.contact.email.domain().ascii();
    if contact.eq_ignore_ascii_case(partner) {
        let message = "The customer's contact has an address at the partner's own domain. Name \
                       somebody at the customer.";
        return vec![Finding::new(field, "contact_at_partner", message)];
    }
    if is_foreign {
        let message = "The customer's contact has an address at a domain that does not belong to \
                       the tenant. Name somebody at the customer, or ask your customer to add the \
                       domain.";
        return vec![Finding::new(field, "contact_outside_tenant", message)];
    }
    Vec::new()
}

/// R05 and R07: what has to be put right, and what is only still being provisioned.
pub(super) fn directory_findings(
    submission: &Submission,
    answer: &DirectoryAnswer,
    today: NaiveDate,
    findings: &mut Vec<Finding>,
    provisioning: &mut Vec<Finding>,
) {
    findings.extend(domain_finding(answer.domain));
    let SubscriptionsAnswer::Known(known) = &answer.subscriptions else { return };
    for (index, item) in submission.items.iter().enumerate() {
        let Item::Subscription { product, subscription_id } = item else { continue };
        let id = subscription_id.as_uuid();
        let record = known.iter().find(|(known, _)| *known == id).and_then(|(_, r)| r.as_ref());
        let field = format!("items[{index}].subscription_id");
        match subscription_problem(record, product.as_str(), today) {
            None => {}
            Some((code @ "subscription_provisioning", message)) => {
                provisioning.push(Finding::new(field, code, message));
            }
            Some((code, message)) => findings.push(Finding::new(field, code, message)),
        }
    }
}

fn domain_finding(answer: DomainAnswer) -> Option<Finding> {
    let (field, code, message) = match answer {
        DomainAnswer::BelongsToTenant => return None,
        DomainAnswer::BelongsToAnotherTenant => (
            "customer.domain",
            "domain_of_another_tenant",
            "The domain belongs to another tenant. Ask your customer for the tenant id (directory \
             id) that goes with it.",
        ),
        DomainAnswer::UnknownDomain => (
            "customer.domain",
            "domain_unknown",
            "No tenant has this domain. Ask your customer for a domain of their tenant.",
        ),
        DomainAnswer::UnknownTenant => (
            "customer.tenant_id",
            "tenant_unknown",
            "There is no tenant with this id. Ask your customer for the tenant id (directory id).",
        ),
    };
    Some(Finding::new(field, code, message))
}

/// One code each, never one message for all.
fn subscription_problem(
    record: Option<&SubscriptionRecord>,
    product: &str,
    today: NaiveDate,
) -> Option<(&'static str, String)> {
    let Some(record) = record else {
        let message = "The tenant has no such subscription. Ask your customer for its id.";
        return Some(("subscription_unknown", message.to_owned()));
    };
    if record.channel == Channel::Csp {
        let message = "The subscription was bought through CSP; such claims belong to the co-op \
                       claims process.";
        return Some(("subscription_csp", message.to_owned()));
    }
    if record.product != product {
        let message = format!(
            "The subscription is for {}, not for {product}. Correct the product or the id.",
            record.product
        );
        return Some(("subscription_of_another_product", message));
    }
    let ended = record.ends_on.is_some_and(|ends_on| ends_on < today);
    let (code, message) = match record.state {
        SubscriptionState::Ended => {
            ("subscription_ended", "The subscription has ended. Claim one that is active.")
        }
        SubscriptionState::Active | SubscriptionState::Grace if ended => {
            ("subscription_ended", "The subscription has ended. Claim one that is active.")
        }
        SubscriptionState::Active | SubscriptionState::Grace => return None,
        SubscriptionState::Provisioning => (
            "subscription_provisioning",
            "The subscription is still being provisioned. Answer when it is active.",
        ),
        SubscriptionState::Suspended => (
            "subscription_suspended",
            "The subscription is suspended. Ask your customer to reactivate it.",
        ),
    };
    Some((code, message.to_owned()))
}
