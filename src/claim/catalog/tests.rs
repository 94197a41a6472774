//! The catalog that is shipped, and what a catalog must not be.

use super::*;

fn on(date: &str) -> NaiveDate {
    date.parse().unwrap()
}

/// The shipped catalog with one text in it replaced by another.
fn changed(from: &str, to: &str) -> Result<Catalog, CatalogError> {
    let text = include_str!("../../../config/catalog.toml");
    assert!(text.contains(from), "the catalog has {from}");
    Catalog::parse(&text.replacen(from, to, 1))
}

#[test]
fn the_shipped_catalog_has_every_workload_and_product() {
    let catalog = Catalog::built_in().unwrap();
    let workloads = [
        "exchange",
        "sharepoint",
        "teams",
        "teams_meetings",
        "teams_phone",
        "teams_platform",
        "microsoft_365_apps",
        "yammer",
        "viva_insights",
        "viva_topics",
        "viva_learning",
        "viva_connections",
        "intune",
        "entra_id_premium",
        "defender_for_office",
        "defender_for_endpoint",
        "defender_for_identity",
        "information_protection",
    ];
    let products = [
        "sales",
        "customer_service",
        "field_service",
        "marketing",
        "customer_insights",
        "finance",
        "supply_chain",
        "commerce",
        "human_resources",
        "project_operations",
        "business_central",
        "fraud_protection",
        "intelligent_order_management",
        "power_apps",
        "power_automate",
        "power_pages",
        "power_virtual_agents",
        "ai_builder",
    ];
    let today = on("2026-11-20");
    let is_claimable = |found| matches!(found, Availability::Claimable(_));
    assert!(workloads.iter().all(|code| is_claimable(catalog.workload(code, today))));
    assert!(products.iter().all(|code| is_claimable(catalog.product(code, today))));
    assert!(Program::ALL.iter().all(|program| is_claimable(catalog.program(*program, today))));
    assert_eq!((catalog.workloads().len(), catalog.products().len()), (18, 19));
}

#[test]
fn power_bi_is_known_and_not_claimable() {
    let catalog = Catalog::built_in().unwrap();
    let found = catalog.product("power_bi", on("2026-11-20"));
    assert!(matches!(found, Availability::Never(entry) if entry.name == "Power BI"), "{found:?}");
    assert_eq!(catalog.item_name("power_bi"), Some("Power BI"));
    assert_eq!(catalog.workload("power_bi", on("2026-11-20")), Availability::Unknown);
}

#[test]
fn validity_is_half_open() {
    let catalog = changed(
        "name = \"Yammer\"\nclaimable_from = \"2020-07-01\"",
        "name = \"Yammer\"\nclaimable_from = \"2020-07-01\"\nclaimable_to = \"2027-01-01\"",
    )
    .unwrap();
    let check = |date: &str, expected: fn(&Availability<'_>) -> bool| {
        let found = catalog.workload("yammer", on(date));
        assert!(expected(&found), "{date}: {found:?}");
    };
    let since = |date: &str, found: &Availability<'_>| match found {
        Availability::NotYet(_, day) | Availability::NoLonger(_, day) => *day == on(date),
        Availability::Claimable(_) | Availability::Never(_) | Availability::Unknown => false,
    };
    check("2020-06-30", |found| matches!(found, Availability::NotYet(..)));
    check("2020-07-01", |found| matches!(found, Availability::Claimable(_)));
    check("2026-12-31", |found| matches!(found, Availability::Claimable(_)));
    check("2027-01-01", |found| matches!(found, Availability::NoLonger(..)));
    assert!(since("2020-07-01", &catalog.workload("yammer", on("2020-06-30"))));
    assert!(since("2027-01-01", &catalog.workload("yammer", on("2030-01-01"))));
}

#[test]
fn a_catalog_with_a_mistake_is_refused_whole() {
    let check = |from: &str, to: &str, expected: &str| {
        let error = changed(from, to).unwrap_err();
        let reason = std::error::Error::source(&error).map(ToString::to_string);
        let text = format!("{error} {}", reason.unwrap_or_default());
        assert!(text.contains(expected), "{text}");
    };
    check("version =", "revision =", "unknown field `revision`");
    check("claimable_from =", "claimable_since =", "unknown field `claimable_since`");
    check("\"2020-07-01\"", "\"2020-07-32\"", "out of range");
    check("code = \"teams\"", "code = \"Teams\"", "\"Teams\" under workload is not a code");
    check("name = \"Exchange\"", "name = \" \"", "exchange under workload has no name");
    check("\"sharepoint\"", "\"exchange\"", "exchange stands under workload twice");
    check("\"presales\"", "\"sales\"", "exactly presales, usage, revenue_association");
    check("\"osa_sell\"", "\"osa_buy\"", "under program there must be exactly osa_sell");
    let ends = "claimable_from = \"2020-07-01\"\nclaimable_to = \"2020-07-01\"";
    check("claimable_from = \"2020-07-01\"", ends, "ends before it begins");
    let no_beginning = "claimable_to = \"2020-07-01\"";
    check("claimable_from = \"2020-07-01\"", no_beginning, "ends without a beginning");
}

#[test]
fn what_is_claimed_elsewhere_is_recognized_however_it_is_written() {
    let catalog = Catalog::built_in().unwrap();
    let check = |code: &str, expected: Option<&str>| {
        assert_eq!(catalog.elsewhere(code).map(|named| named.code.as_str()), expected, "{code}");
    };
    check("csp", Some("csp"));
    check("CSP", Some("csp"));
    check("Managed Reseller", Some("managed_reseller"));
    check("managed-reseller", Some("managed_reseller"));
    check("hosting", Some("hosting"));
    check("surface", Some("surface"));
    check("teams", None);
    check("", None);
}

#[test]
fn everything_has_a_name_for_people() {
    let catalog = Catalog::built_in().unwrap();
    assert_eq!(catalog.solution_area_name(SolutionArea::Microsoft365), "Microsoft 365");
    assert_eq!(catalog.activity_name(Activity::Presales), "Pre-sales");
    assert_eq!(catalog.program_name(Program::OsaSell), "OSA-Sell");
    assert_eq!(catalog.item_name("teams"), Some("Microsoft Teams"));
    assert_eq!(catalog.item_name("teems"), None);
    assert_eq!(catalog.version(), "2026.1");
}
