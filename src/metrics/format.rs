//! The two formats that figures are read in: `OpenMetrics`, and the older text format, which many
//! tools still ask for.

use crate::metrics::table::FIGURES;

/// The media type of `OpenMetrics`.
pub const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// The media type of the older text format.
pub const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A format of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// See [`OPENMETRICS`].
    OpenMetrics,
    /// See [`TEXT`].
    Text,
}

impl Format {
    /// What somebody with this `Accept` header wants: `OpenMetrics`, unless only text will do.
    #[must_use]
    pub fn accepted(accept: &str) -> Self {
        let wants = |media_type: &str| accept.contains(media_type);
        if wants("text/plain") && !wants("application/openmetrics-text") {
            return Self::Text;
        }
        Self::OpenMetrics
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => OPENMETRICS,
            Self::Text => TEXT,
        }
    }

    /// `OpenMetrics` in this format. In the older one a counter is called by its whole name, an
    /// info is a gauge, and nothing marks the end.
    pub(super) fn of(self, open_metrics: String) -> String {
        match self {
            Self::OpenMetrics => open_metrics,
            Self::Text => open_metrics.lines().filter_map(older).collect(),
        }
    }
}

fn older(line: &str) -> Option<String> {
    if line == "# EOF" {
        return None;
    }
    let about = line.strip_prefix("# TYPE ").map(|rest| ("TYPE", rest));
    let about = about.or_else(|| line.strip_prefix("# HELP ").map(|rest| ("HELP", rest)));
    let Some((word, (name, rest))) =
        about.and_then(|(word, text)| Some((word, text.split_once(' ')?)))
    else {
        return Some(format!("{line}\n"));
    };
    let is =
        |suffix: &str| FIGURES.iter().any(|figure| figure.name.strip_suffix(suffix) == Some(name));
    let name = match () {
        () if is("_total") => format!("{name}_total"),
        () if is("_info") => format!("{name}_info"),
        () => name.to_owned(),
    };
    let rest = if word == "TYPE" && rest == "info" { "gauge" } else { rest };
    Some(format!("# {word} {name} {rest}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_text_alone_gets_text() {
        let check = |accept: &str, expected: Format| {
            assert_eq!(Format::accepted(accept), expected, "{accept}");
        };
        check("", Format::OpenMetrics);
        check("*/*", Format::OpenMetrics);
        check("text/plain", Format::Text);
        check("text/plain; version=0.0.4, */*;q=0.1", Format::Text);
        check(
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4",
            Format::OpenMetrics,
        );
    }

    #[test]
    fn older_readers_know_counters_and_infos_by_their_whole_names() {
        let new = "# HELP cpor_build Version.\n# TYPE cpor_build info\ncpor_build_info{} 1\n\
                   # HELP cpor_commits Commits.\n# TYPE cpor_commits counter\n\
                   cpor_commits_total 2\n\
                   # TYPE cpor_ready gauge\ncpor_ready 1\n# EOF\n";
        let old = "# HELP cpor_build_info Version.\n# TYPE cpor_build_info gauge\n\
                   cpor_build_info{} 1\n# HELP cpor_commits_total Commits.\n\
                   # TYPE cpor_commits_total counter\ncpor_commits_total 2\n\
                   # TYPE cpor_ready gauge\ncpor_ready 1\n";
        assert_eq!(Format::Text.of(new.to_owned()), old);
        assert_eq!(Format::OpenMetrics.of(new.to_owned()), new);
    }
}
