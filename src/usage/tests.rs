//! Tests of what is read, and of what is drawn.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Batch, ChartWords, Figures, Month, Usage, UsageSettings, chart};
use crate::claim::Finding;
use crate::claim::catalog::Catalog;

const TENANT: &str = "8f0b3d1c-5a77-4c4e-9d43-0e1f2a3b4c5d";
const KEPT: UsageSettings =
    UsageSettings { retention_months: 12, figures_at_once_max: 3, reads_kept: 10 };

fn batch(catalog: &Catalog) -> Batch<'_> {
    let now: DateTime<Utc> = "2026-11-20T15:00:00Z".parse().unwrap();
    Batch::new(catalog, KEPT, now)
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn json(item: &str, month: &str, users: &str) -> String {
    let place = format!(r#""tenant_id":"{TENANT}","item":"{item}","month":"{month}""#);
    format!(r#"{{{place},"monthly_active_users":{users},"paid_units":2,"assigned_units":1}}"#)
}

fn of_lines(lines: &[String]) -> Result<Vec<Usage>, Vec<Finding>> {
    let catalog = Catalog::built_in().unwrap();
    let mut batch = batch(&catalog);
    for (line, number) in lines.iter().zip(1..) {
        batch.json_line(number, line.as_bytes());
    }
    batch.finish()
}

fn of_csv(text: &str) -> Result<Vec<Usage>, Vec<Finding>> {
    let catalog = Catalog::built_in().unwrap();
    let mut batch = batch(&catalog);
    for (line, number) in text.lines().zip(1..) {
        batch.csv_line(number, line.as_bytes());
    }
    batch.finish()
}

fn codes(found: Result<Vec<Usage>, Vec<Finding>>) -> Vec<String> {
    let findings = found.unwrap_err();
    findings.iter().map(|it| format!("{} {}", it.field, it.code)).collect()
}

#[test]
fn months_are_read_counted_and_written() {
    for text in ["2026-11", "2026-01", "2026-12", "0001-01"] {
        assert_eq!(month(text).to_string(), text);
    }
    for text in ["", "2026", "2026-00", "2026-13", "26-11", "2026-1", "2026-+1", "2026-11-01"] {
        assert_eq!(Month::parse(text).unwrap_err().code, "month_malformed", "{text}");
    }
    assert_eq!(month("2026-02").before(3), month("2025-11"));
    assert_eq!(month("2025-12").next(), month("2026-01"));
    assert_eq!(Month::of("2026-11-30T23:59:59.999Z".parse().unwrap()), month("2026-11"));
    assert_eq!(month("2027-01").since(month("2026-11")), 2);
}

#[test]
fn lines_arrays_and_csv_say_the_same() {
    let lines = of_lines(&[json("workload:teams", "2026-10", "3")]).unwrap();
    let csv = of_csv(&format!(
        "month,item,tenant_id,paid_units,assigned_units,monthly_active_users\n\
         2026-10,workload:teams,{TENANT},2,1,3\n"
    ));
    let catalog = Catalog::built_in().unwrap();
    let mut array = batch(&catalog);
    array.json_array(format!("[{}]", json("workload:teams", "2026-10", "3")).as_bytes());
    let figures = Figures { monthly_active_users: 3, paid_units: 2, assigned_units: 1 };
    assert_eq!((lines.len(), lines[0].figures, lines[0].month), (1, figures, month("2026-10")));
    assert_eq!(csv.unwrap(), lines);
    assert_eq!(array.finish().unwrap(), lines);
    assert_eq!(Figures::read(&figures.written()), Some(figures));
    for text in ["", "1 2", "1 2 3 4", "1 2 x"] {
        assert_eq!(Figures::read(text), None, "{text}");
    }
}

#[test]
fn everything_that_is_wrong_is_named_with_its_line() {
    let lines = [
        json("workload:teams", "2026-10", "3"),
        json("workload:telegraph", "2026-12", "3"),
        json("teams", "2025-11", "99999999999"),
        json("workload:teams", "2026-10", "4"),
        json("workload:teams", "2026-09", "-1"),
        "nonsense".to_owned(),
    ];
    let expected = [
        "line[2].item unknown_item",
        "line[2].month month_not_begun",
        "line[3].monthly_active_users figure_too_large",
        "line[3].item item_malformed",
        "line[3].month month_not_kept",
        "line[4].month figures_twice",
        "line[5] line_malformed",
        "line[6] line_malformed",
    ];
    assert_eq!(codes(of_lines(&lines)), expected);
    assert!(of_lines(&[json("workload:teams", "2025-12", "3")]).is_ok(), "the first month kept");
    assert_eq!(codes(of_lines(&[])), ["$ no_figures"]);
    let many = ["2026-10", "2026-09", "2026-08", "2026-07"].map(|m| json("workload:teams", m, "1"));
    assert_eq!(codes(of_lines(&many)), ["$ too_many_figures"]);
    assert!(of_lines(&many[..3]).is_ok());
    assert_eq!(codes(of_csv("tenant_id,item\nx,y")), ["$ columns", "$ columns"]);
    let header = "tenant_id;item;month;monthly_active_users;paid_units;assigned_units\n";
    let rows = format!("{header}{TENANT};workload:teams;2026-10;1,5;2;3\n{TENANT};x\n");
    assert_eq!(
        codes(of_csv(&rows)),
        ["line[2].monthly_active_users figure_malformed", "line[3] line_malformed"]
    );
}

const WORDS: ChartWords<'static> = ChartWords {
    title: "Teams & <others>",
    figures: ["Active", "Paid", "Assigned"],
    month: "Month",
    as_table: "As a table",
    nothing: "Nothing yet.",
};

fn drawn(figures: &[(&str, [u64; 3])]) -> String {
    let months = figures.iter().map(|(text, [users, paid, assigned])| {
        let (monthly_active_users, paid_units, assigned_units) = (*users, *paid, *assigned);
        (month(text), Figures { monthly_active_users, paid_units, assigned_units })
    });
    chart("c1", &months.collect::<BTreeMap<_, _>>(), &WORDS)
}

#[test]
fn a_chart_says_in_words_and_in_a_table_what_it_draws() {
    let html =
        drawn(&[("2026-10", [10, 40, 30]), ("2026-11", [20, 40, 35]), ("2027-01", [5, 0, 0])]);
    for part in [
        "role=\"img\" aria-labelledby=\"c1-title c1-text\"",
        "<title id=\"c1-title\">Teams &amp; &lt;others&gt;</title>",
        "2026-10 – 2027-01. Active: 10 – 5. Paid: 40 – 0. Assigned: 30 – 0.",
        "<tr><th scope=\"row\">2026-11</th><td>20</td><td>40</td><td>35</td></tr>",
        // The scale ends at a round number, and the line breaks where December is missing.
        ">50</text>",
        "<g class=\"users\"><path d=\"M64 170L245 132M608 189\"/>",
        // The last name has room: half of it is narrower than what is right of its middle.
        "<text class=\"month\" x=\"608\" y=\"232\">2027-01</text>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("<others>") && !html.contains("script") && !html.contains("style="));
    assert_eq!(drawn(&[]), "<p class=\"chart-none\">Nothing yet.</p>\n");
}

#[test]
fn a_chart_of_one_month_or_of_the_largest_figures_stays_in_its_frame() {
    let largest = super::figures::FIGURE_MAX;
    for html in [drawn(&[("2026-10", [0, 0, 0])]), drawn(&[("2026-10", [largest, u64::MAX, 1])])] {
        for place in html.split("cy=\"").skip(1) {
            let y: u32 = place.split('"').next().unwrap().parse().unwrap();
            assert!((16..=208).contains(&y), "{html}");
        }
    }
}
