//! Figures as a small picture: an SVG that a server writes into a page, with a table beside it
//! that says the same. No script; colors come from the page's style (`config/usage/chart.css`),
//! so that it follows light and dark.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Figures, Month};

/// The style of charts and their tables, for whatever page has one.
pub const CHART_CSS: &str = include_str!("../../config/usage/chart.css");

/// The picture, in units of its own.
const WIDTH: u32 = 640;
const HEIGHT: u32 = 240;
const LEFT: u32 = 64;
/// Half of the name of the last month reaches into it.
const RIGHT: u32 = 32;
const TOP: u32 = 16;
const BOTTOM: u32 = 32;
/// Months that have their name under them, at most.
const NAMES_MAX: usize = 6;
/// The classes of the three lines, in the order of [`Figures::all`].
const CLASSES: [&str; 3] = ["users", "paid", "assigned"];

/// The words on a chart, in the language of the page.
#[derive(Debug, Clone, Copy)]
pub struct ChartWords<'a> {
    /// What the chart is about.
    pub title: &'a str,
    /// The names of the three figures, in the order of [`Figures::all`].
    pub figures: [&'a str; 3],
    /// The heading of the column of months.
    pub month: &'a str,
    /// What opens the table.
    pub as_table: &'a str,
    /// What stands there instead of a chart without figures.
    pub nothing: &'a str,
}

/// A chart of these months as HTML: `<figure>` with the picture, its key, and the table. `id` has
/// to be unique on the page and no more than letters, digits and hyphens.
#[must_use]
pub fn chart(id: &str, months: &BTreeMap<Month, Figures>, words: &ChartWords<'_>) -> String {
    let (Some((first, _)), Some((last, _))) = (months.first_key_value(), months.last_key_value())
    else {
        return format!("<p class=\"chart-none\">{}</p>\n", escaped(words.nothing));
    };
    let plot = Plot::of(*first, *last, months);
    let mut html = format!(
        "<figure class=\"chart\">\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-text\">\n<title id=\"{id}-title\">{}</title>\n\
         <desc id=\"{id}-text\">{}</desc>\n",
        escaped(words.title),
        escaped(&in_words(months, words))
    );
    plot.grid(&mut html);
    for (place, class) in CLASSES.into_iter().enumerate() {
        plot.line(&mut html, months, place, class);
    }
    html.push_str("</svg>\n");
    key(&mut html, words);
    table(&mut html, months, words);
    html.push_str("</figure>\n");
    html
}

/// Where things stand in the picture.
struct Plot {
    first: Month,
    last: Month,
    /// The figure at the upper edge.
    top: u64,
}

impl Plot {
    fn of(first: Month, last: Month, months: &BTreeMap<Month, Figures>) -> Self {
        let most = months.values().flat_map(Figures::all).max().unwrap_or_default();
        Self { first, last, top: round_above(most) }
    }

    fn x(&self, month: Month) -> u32 {
        let (room, span) = (WIDTH - LEFT - RIGHT, self.last.since(self.first));
        // A single month stands in the middle.
        let along = (room * month.since(self.first)).checked_div(span);
        LEFT + along.unwrap_or(room / 2)
    }

    fn y(&self, figure: u64) -> u32 {
        let room = u64::from(HEIGHT - TOP - BOTTOM);
        let height = u128::from(figure) * u128::from(room) / u128::from(self.top.max(1));
        HEIGHT - BOTTOM - u32::try_from(height).unwrap_or_default().min(HEIGHT - TOP - BOTTOM)
    }

    fn grid(&self, html: &mut String) {
        for figure in [0, self.top / 2, self.top] {
            let (y, right) = (self.y(figure), WIDTH - RIGHT);
            // Writing to a string does not fail, here and below.
            let _ = writeln!(
                html,
                "<path class=\"grid\" d=\"M{LEFT} {y}H{right}\"/><text class=\"scale\" x=\"{}\" \
                 y=\"{}\">{figure}</text>",
                LEFT - 8,
                y + 5
            );
        }
        let span = self.last.since(self.first) as usize;
        let step = span / NAMES_MAX + 1;
        let mut month = self.first;
        for number in 0..=span {
            if number % step == 0 {
                let (x, y) = (self.x(month), HEIGHT - 8);
                let _ = writeln!(html, "<text class=\"month\" x=\"{x}\" y=\"{y}\">{month}</text>");
            }
            month = month.next();
        }
    }

    /// One line; it breaks where a month has no figures.
    fn line(&self, html: &mut String, months: &BTreeMap<Month, Figures>, at: usize, class: &str) {
        let (mut path, mut dots, mut before) = (String::new(), String::new(), None);
        for (month, figures) in months {
            let (x, y) = (self.x(*month), self.y(figures.all()[at]));
            let goes_on = before.is_some_and(|before: Month| before.next() == *month);
            let _ = write!(path, "{}{x} {y}", if goes_on { 'L' } else { 'M' });
            let _ = write!(dots, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\"/>");
            before = Some(*month);
        }
        let _ = writeln!(html, "<g class=\"{class}\"><path d=\"{path}\"/>{dots}</g>");
    }
}

/// 1, 2 or 5 with zeros, and even, so that half of it is a whole number.
fn round_above(most: u64) -> u64 {
    let steps = (0..).map_while(|power| 10_u64.checked_pow(power));
    let round = steps.flat_map(|ten| [ten, ten.saturating_mul(2), ten.saturating_mul(5)]);
    round.filter(|top| top % 2 == 0).find(|top| *top >= most).unwrap_or(most)
}

/// What the picture shows, for who does not see it.
fn in_words(months: &BTreeMap<Month, Figures>, words: &ChartWords<'_>) -> String {
    let ends = months.first_key_value().zip(months.last_key_value());
    let Some(((first, begun), (last, ended))) = ends else { return String::new() };
    let (begun, ended) = (begun.all(), ended.all());
    let lines = words.figures.iter().zip(begun.iter().zip(&ended));
    let lines: Vec<String> =
        lines.map(|(name, (begun, ended))| format!("{name}: {begun} – {ended}.")).collect();
    format!("{first} – {last}. {}", lines.join(" "))
}

/// Which line is which, by color and by pattern.
fn key(html: &mut String, words: &ChartWords<'_>) {
    html.push_str("<ul class=\"key\">\n");
    for (class, name) in CLASSES.into_iter().zip(words.figures) {
        let _ = writeln!(
            html,
            "<li><svg viewBox=\"0 0 32 8\" aria-hidden=\"true\"><g class=\"{class}\">\
             <path d=\"M0 4H32\"/></g></svg> {}</li>",
            escaped(name)
        );
    }
    html.push_str("</ul>\n");
}

fn table(html: &mut String, months: &BTreeMap<Month, Figures>, words: &ChartWords<'_>) {
    let _ = write!(
        html,
        "<details><summary>{}</summary>\n<table><caption>{}</caption>\n<thead><tr>\
         <th scope=\"col\">{}</th>",
        escaped(words.as_table),
        escaped(words.title),
        escaped(words.month)
    );
    for name in words.figures {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escaped(name));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for (month, figures) in months {
        let _ = write!(html, "<tr><th scope=\"row\">{month}</th>");
        for figure in figures.all() {
            let _ = write!(html, "<td>{figure}</td>");
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></details>\n");
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
