//! What was typed into the one search box: an id, a partner, a domain, an item, a source's key, a
//! mail address, or the beginning of a name. What can be several things is looked for as each of
//! them.

use crate::claim::catalog::Catalog;
use crate::claim::identity::{DomainName, EmailAddress, IdempotencyKey, MpnId, Source, TenantId};
use crate::claim::{ClaimId, ItemKey, Status};
use crate::store::search::Prefix;

/// What can be searched, in a sentence.
pub(super) const SEARCHED: &str = "Search for the id of a claim or tenant, a partner (digits), a \
    domain or its beginning, a source, a source and its key (crm-emea/2026-000123), an item \
    (teams, workload:teams, subscription:…), a status, a contact's mail address (reviewers), or \
    the beginning of a claim's name.";

/// What it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) enum Guess {
    /// A claim.
    Claim(ClaimId),
    /// A source's own key.
    Key(Source, IdempotencyKey),
    /// A filter of the form.
    Filter {
        /// What it is, in words.
        words: &'static str,
        /// The field of the form.
        field: &'static str,
        /// What to write into it.
        value: String,
    },
}

fn filter(words: &'static str, field: &'static str, value: impl ToString) -> Guess {
    Guess::Filter { words, field, value: value.to_string() }
}

/// Everything that it may be, in the order in which it is looked for; the last is what is taken
/// when nothing is found. Empty when it is nothing.
pub(in crate::http) fn guesses(text: &str, catalog: &Catalog) -> Vec<Guess> {
    // No name that begins with an address is what was meant.
    if text.contains('@') {
        let address = EmailAddress::parse(text).ok();
        return address.map(|_| filter("a contact at", "email", text)).into_iter().collect();
    }
    if let Ok(tenant_id) = TenantId::parse(text) {
        return of_a_uuid(text, &tenant_id);
    }
    if let Ok(status) = text.to_lowercase().replace(' ', "_").parse::<Status>() {
        return vec![filter("the status", "status", status)];
    }
    if text.contains(':') && ItemKey::parse(text).is_ok() {
        return vec![filter("the item", "item", text)];
    }
    if let Some((source, key)) = text.split_once('/')
        && let Ok(source) = Source::parse(source)
    {
        return match IdempotencyKey::parse(key) {
            Ok(key) => vec![Guess::Key(source, key)],
            Err(_) => vec![filter("the source", "source", source)],
        };
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && MpnId::parse(text).is_ok() {
        return vec![filter("the partner", "partner", text)];
    }
    let mut guesses: Vec<Guess> = items(text, catalog).into_iter().collect();
    let is_word = !text.contains(char::is_whitespace);
    if is_word && Source::parse(text).is_ok() {
        guesses.push(filter("the source", "source", text));
    }
    if Prefix::of_name(text).is_ok() {
        guesses.push(filter("a name that begins with", "name_prefix", text));
    }
    let is_whole = text.contains('.') && DomainName::parse(text).is_ok();
    if is_word && Prefix::of_domain(text).is_ok() {
        let domain = filter("a domain that begins with", "domain_prefix", text);
        let at = if is_whole { guesses.len() } else { guesses.len().saturating_sub(1) };
        guesses.insert(at, domain);
    }
    guesses
}

fn of_a_uuid(text: &str, tenant_id: &TenantId) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = ClaimId::parse(text).ok().map(Guess::Claim).into_iter().collect();
    guesses.push(filter("the subscription", "item", format_args!("subscription:{tenant_id}")));
    guesses.push(filter("the tenant", "tenant", tenant_id));
    guesses
}

/// A workload by its code, or by its name for people.
fn items(text: &str, catalog: &Catalog) -> Option<Guess> {
    let code = text.to_lowercase().replace(' ', "_");
    let known = catalog.workloads().iter().find(|entry| entry.code == code || entry.name == text);
    known.map(|entry| filter("the item", "item", format_args!("workload:{}", entry.code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<String> {
        let catalog = Catalog::built_in().unwrap();
        let shown = |guess: Guess| match guess {
            Guess::Claim(_) => "claim".to_owned(),
            Guess::Key(source, key) => format!("{source} / {key}"),
            Guess::Filter { field, value, .. } => format!("{field}={value}"),
        };
        guesses(text, &catalog).into_iter().map(shown).collect()
    }

    #[test]
    fn what_was_typed_is_recognized() {
        let check = |text: &str, expected: &[&str]| assert_eq!(fields(text), expected, "{text}");
        check("1234567", &["partner=1234567"]);
        check("crm-emea/2026-000123", &["crm-emea / 2026-000123"]);
        check("crm-emea/", &["source=crm-emea"]);
        check("Action required", &["status=action_required"]);
        check("workload:teams", &["item=workload:teams"]);
        let tenant = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
        let subscription = format!("item=subscription:{tenant}");
        check(tenant, &[&subscription, &format!("tenant={tenant}")]);
        let id = "01993c2a-7e00-7000-8000-00000000002a";
        let subscription = format!("item=subscription:{id}");
        check(id, &["claim", &subscription, &format!("tenant={id}")]);
        check("Teams rollout", &["name_prefix=Teams rollout"]);
        check(
            "teams",
            &["item=workload:teams", "source=teams", "domain_prefix=teams", "name_prefix=teams"],
        );
        check(
            "anadoluelektrik.com.tr",
            &[
                "source=anadoluelektrik.com.tr",
                "name_prefix=anadoluelektrik.com.tr",
                "domain_prefix=anadoluelektrik.com.tr",
            ],
        );
    }

    #[test]
    fn what_is_nothing_is_not_guessed_at() {
        assert!(fields("\u{202e}").is_empty());
        let address = "mert.kaya@anadoluelektrik.com.tr";
        assert_eq!(fields(address), [format!("email={address}")]);
        assert!(fields("mert@").is_empty());
        assert!(fields(&"a b ".repeat(100)).is_empty());
    }
}
