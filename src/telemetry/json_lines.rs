//! Log lines for programs: one JSON object per line, its fields side by side.
//!
//! What the spans around a line say stands in the line itself, the outermost first, and the line's
//! own fields win. Where there is a claim, there is its trace.

use std::fmt;

use opentelemetry::trace::SpanId;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use super::claim_traces::span_id;
use super::{spans, trace_id};
use crate::claim::ClaimId;

/// Writes such lines.
pub(super) struct JsonLines;

/// The fields of a line, and what it says.
#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        let mut step: Option<SpanId> = None;
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            step = span_id(&span).or(step);
            if let Some(said) = span.extensions().get::<FormattedFields<JsonFields>>()
                && let Ok(Value::Object(said)) = serde_json::from_str(&said.fields)
            {
                fields.others.extend(said);
            }
        }
        event.record(&mut fields);
        fields.write(event, step, &mut writer)
    }
}

impl Fields {
    fn write(self, event: &Event<'_>, step: Option<SpanId>, to: &mut Writer<'_>) -> fmt::Result {
        to.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(to)?;
        let metadata = event.metadata();
        write!(to, "\",\"level\":\"{}\"", metadata.level())?;
        write!(to, ",\"target\":{}", Value::from(metadata.target()))?;
        write!(to, ",\"message\":{}", Value::from(self.message))?;
        let claim = self.others.get(spans::CLAIM_ID).and_then(Value::as_str);
        if let Some(claim) = claim.and_then(|text| ClaimId::parse(text).ok()) {
            write!(to, ",\"trace_id\":\"{}\"", trace_id(claim))?;
            if let Some(step) = step {
                write!(to, ",\"span_id\":\"{step}\"")?;
            }
        }
        for (name, value) in self.others {
            write!(to, ",{}:{value}", Value::from(name))?;
        }
        to.write_str("}\n")
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            name => {
                self.others.insert(name.to_owned(), value.into());
            }
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}
