//! One change to a sound submission, and all the findings it leads to.
//!
//! A row is `pointer | value | findings`. The value is JSON, in which `x*65` stands for so many x;
//! a pointer that begins with a minus removes, one that ends in `/-` appends. Findings are
//! `field code`, with commas between them.

use serde_json::{Value, json};

use super::*;

fn check(base: &str, rows: &str) {
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let mut columns = row.split('|').map(str::trim);
        let mut column = || columns.next().unwrap_or_else(|| panic!("three columns: {row}"));
        let (pointer, value, expected) = (column(), column(), column());
        let value: Value = serde_json::from_str(&repeated(value)).unwrap();
        assert_eq!(found(base, pointer, value), expected, "{row}");
    }
}

fn found(base: &str, pointer: &str, value: Value) -> String {
    let found = codes(parse(&changed(base, &[(pointer, value)])));
    let found: Vec<_> = found.iter().map(|(field, code)| format!("{field} {code}")).collect();
    found.join(", ")
}

/// The value with `x*65` written out.
fn repeated(value: &str) -> String {
    let Some((before, rest)) = value.split_once("x*") else {
        return value.to_owned();
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (count, after) = rest.split_at(digits);
    before.to_owned() + &"x".repeat(count.parse().unwrap()) + after
}

#[test]
fn the_outermost_fields() {
    check(
        MICROSOFT_365,
        r#"
        -/v               | null            | v version_unknown
        /v                | 2               | v version_unknown
        /v                | "1"             | v version_unknown
        /v                | -1              | v version_unknown
        /v                | 1.5             | v version_unknown
        -/source          | null            | source missing
        /source           | 7               | source wrong_type
        /source           | ""              | source empty
        /source           | "x*64"          |
        /source           | "x*65"          | source too_long
        /source           | "crm "          | source surrounding_space
        /idempotency_key  | null            | idempotency_key missing
        /idempotency_key  | "x*128"         |
        /idempotency_key  | "x*129"         | idempotency_key too_long
        /idempotency_key  | "a\tb"          | idempotency_key forbidden_character
        /name             | "x*200"         |
        /name             | "x*201"         | name too_long
        /name             | "a\u202eb"      | name forbidden_character
        /name             | "a\r\nBcc: x"   | name forbidden_character
        /name             | "  \u00a0 "     | name empty
        /nmae             | "x"             | nmae unknown_field
        /Source           | "x"             | Source unknown_field
        -/comment         | null            |
        /comment          | null            |
        /comment          | ["x"]           | comment wrong_type
        /comment          | "a\nb"          |
        /comment          | "x*4000"        |
        /comment          | "x*4001"        | comment too_long
        /comment          | "a\u2028b"      | comment forbidden_character
        "#,
    );
}

#[test]
fn the_partner() {
    check(
        MICROSOFT_365,
        r#"
        -/partner              | null           | partner missing
        /partner               | "1234567"      | partner wrong_type
        -/partner/mpn_id       | null           | partner.mpn_id missing
        /partner/mpn_id        | "12345678901"  | partner.mpn_id mpn_id_malformed
        /partner/mpn_id        | "000"          | partner.mpn_id mpn_id_malformed
        /partner/mpn_id        | 1234567        | partner.mpn_id wrong_type
        /partner/id            | "1"            | partner.id unknown_field
        -/partner/contact      | null           | partner.contact missing
        -/partner/contact/name | null           | partner.contact.name missing
        /partner/contact/name  | " "            | partner.contact.name empty
        /partner/contact/name  | "a\u0000"      | partner.contact.name forbidden_character
        /partner/contact/email | "ece"          | partner.contact.email email_malformed
        /partner/contact/title | "x"            | partner.contact.title unknown_field
        "#,
    );
}

#[test]
fn the_customer() {
    check(
        MICROSOFT_365,
        r#"
        /customer/tenant_id   | "acme"     | customer.tenant_id tenant_id_malformed
        /customer/domain      | "local"    | customer.domain domain_malformed
        /customer/domain      | "ü.example" |
        -/customer/country    | null       | customer.country missing
        /customer/country     | "tr"       |
        /customer/country     | "TUR"      | customer.country country_malformed
        /customer/subdivision | "TR-34"    |
        /customer/subdivision | "34"       | customer.subdivision subdivision_malformed
        /customer/subdivision | "CA-BC"    | customer.subdivision subdivision_not_in_country
        /customer/time_zone   | "+03:00"   | customer.time_zone time_zone_malformed
        -/customer/time_zone  | null       |
        -/customer/contact          | null      | customer.contact missing
        -/customer/contact/title    | null      | customer.contact.title missing
        /customer/contact/email     | "a@b@c"   | customer.contact.email email_malformed
        -/customer/contact/language | null      |
        /customer/contact/language  | "turkish" | customer.contact.language language_malformed
        "#,
    );
    let zero = json!("00000000-0000-0000-0000-000000000000");
    let found = found(MICROSOFT_365, "/customer/tenant_id", zero);
    assert_eq!(found, "customer.tenant_id tenant_id_malformed");
}

#[test]
fn area_and_activities() {
    check(
        MICROSOFT_365,
        r#"
        -/solution_area | null               | solution_area missing
        /solution_area  | "azure"            | solution_area solution_area_unknown
        /solution_area  | "csp"              | solution_area program_not_claimable
        /solution_area  | "Managed Reseller" | solution_area program_not_claimable
        /solution_area  | "hosting"          | solution_area program_not_claimable
        /solution_area  | "surface"          | solution_area program_not_claimable
        /activities     | ["csp"]            | activities[0] program_not_claimable
        /activities     | []                 | activities too_few
        /activities     | "usage"            | activities wrong_type
        /activities     | [1]                | activities[0] wrong_type
        /activities     | ["sell"]           | activities[0] activity_unknown
        /activities     | ["presales"]       | activities[0] activity_not_for_area
        /activities     | ["usage", "usage"] | activities[1] duplicate_activity
        "#,
    );
    check(
        BUSINESS_APPLICATIONS,
        r#"
        /activities | ["presales"] |
        /activities | ["usage"]    |
        /activities | ["usage", "csp"] | activities[1] program_not_claimable
        "#,
    );
    let four = json!(["usage", "presales", "usage", "usage"]);
    let too_many = found(BUSINESS_APPLICATIONS, "/activities", four);
    assert_eq!(too_many, "activities too_many, activities[2] duplicate_activity");
    let both = json!(["revenue_association", "usage"]);
    let found = found(REVENUE_ASSOCIATION, "/activities", both);
    assert_eq!(found, "activities activities_conflict");
}

#[test]
fn workloads() {
    check(
        MICROSOFT_365,
        r#"
        /items             | []        | items too_few
        /items             | {}        | items wrong_type
        /items/0           | "teams"   | items[0] wrong_type
        /items/0           | {}        | items[0].workload missing
        /items/-           | {"workload": "teams"}    | items[1] duplicate_item
        /items/-           | {"workload": "exchange"} |
        /items/0/workload  | "teems"   | items[0].workload workload_unknown
        /items/0/workload  | "sales"   | items[0].workload workload_unknown
        /items/0/workload  | "surface" | items[0].workload program_not_claimable
        /items/0/workload  | 7         | items[0].workload wrong_type
        /items/0/workloads | "x"       | items[0].workloads unknown_field
        /items/0/product   | "sales"   | items[0] ambiguous
        "#,
    );
    let sales = json!({"product": "sales", "subscription_id": uuid::Uuid::from_u128(7)});
    assert_eq!(found(MICROSOFT_365, "/items/0", sales), "items[0] item_not_for_area");
}

#[test]
fn subscriptions() {
    check(
        BUSINESS_APPLICATIONS,
        r#"
        /items/0                  | {"workload": "teams"} | items[0] item_not_for_area
        /items/0                  | {"product": "sales"}  | items[0].subscription_id missing
        /items/0                  | {} | items[0].product missing, items[0].subscription_id missing
        -/items/0/subscription_id | null       | items[0].subscription_id missing
        /items/0/subscription_id  | "x"        | items[0].subscription_id subscription_id_malformed
        /items/0/product          | "sale"     | items[0].product product_unknown
        /items/0/product          | "power_bi" | items[0].product product_not_claimable
        "#,
    );
    // One subscription is one item, whatever the product and the spelling of its id.
    let same = json!("{2B6D9A10-7C1E-4D2F-8A55-6F7E8D9C0B1A}");
    let found_in = |pointer, value| found(BUSINESS_APPLICATIONS, pointer, value);
    assert_eq!(found_in("/items/1/subscription_id", same), "items[1] duplicate_item");
    let many: Vec<_> = (1..=51)
        .map(|n| json!({"product": "sales", "subscription_id": uuid::Uuid::from_u128(n)}))
        .collect();
    assert_eq!(found_in("/items", json!(many[..50])), "");
    assert_eq!(found_in("/items", json!(many)), "items too_many");
}

#[test]
fn what_depends_on_activity_and_area() {
    check(
        REVENUE_ASSOCIATION,
        r#"
        -/revenue               | null | revenue missing
        -/revenue/isv_solution  | null | revenue.isv_solution missing
        /revenue/customer_name  | ""   | revenue.customer_name empty
        /revenue/price          | 7    | revenue.price unknown_field
        "#,
    );
    check(
        BUSINESS_APPLICATIONS,
        r"
        -/customer/technical_contact       | null |
        -/customer/technical_contact/name  | null | customer.technical_contact.name missing
        -/customer/technical_contact/title | null | customer.technical_contact.title missing
        -/customer/technical_contact/email | null | customer.technical_contact.email missing
        ",
    );
    let revenue = json!({"solution_seller": "a", "customer_name": "b", "isv_solution": "c"});
    for base in [MICROSOFT_365, BUSINESS_APPLICATIONS] {
        assert_eq!(found(base, "/revenue", revenue.clone()), "revenue revenue_not_expected");
    }
    let contact = json!({"name": "Al", "title": "Admin", "email": "al@contoso.example"});
    let found = found(MICROSOFT_365, "/customer/technical_contact", contact);
    assert_eq!(found, "customer.technical_contact technical_contact_not_expected");
}

#[test]
fn the_proofs_of_execution() {
    check(
        MICROSOFT_365,
        r#"
        -/proof_of_execution            | null     | proof_of_execution missing
        /proof_of_execution             | []       | proof_of_execution too_few
        /proof_of_execution             | ["x"]    | proof_of_execution[0] wrong_type
        /proof_of_execution/0/sha256    | "9f86"   | proof_of_execution[0].sha256 sha256_malformed
        -/proof_of_execution/0/location | null     | proof_of_execution[0].location missing
        /proof_of_execution/0/location  | "x*2049" | proof_of_execution[0].location too_long
        /proof_of_execution/0/url       | "x"      | proof_of_execution[0].url unknown_field
        "#,
    );
    let proof = json!({"document_id": "0d5f3a52-6f0b-4c6e-8a65-0d2c8a3f5b11"});
    let found_in = |pointer, value| found(MICROSOFT_365, pointer, value);
    let id = proof["document_id"].clone();
    let malformed = found_in("/proof_of_execution/0", json!({"document_id": "x"}));
    assert_eq!(malformed, "proof_of_execution[0].document_id document_id_malformed");
    let ambiguous = found_in("/proof_of_execution/0/document_id", id);
    assert_eq!(ambiguous, "proof_of_execution[0] ambiguous");
    assert_eq!(found_in("/proof_of_execution", json!(vec![proof.clone(); 20])), "");
    let many = found_in("/proof_of_execution", json!(vec![proof; 21]));
    assert_eq!(many, "proof_of_execution too_many");
}
