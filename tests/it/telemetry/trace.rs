//! What has come to the collector, read.

use cpor::testkit::receiver::Delivered;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// All spans, and everything that came with them.
#[derive(Debug)]
pub struct Spans {
    pub all: Vec<Span>,
    /// What the processes call themselves.
    pub services: Vec<String>,
    /// One per process.
    pub instances: Vec<String>,
    /// Everything as text, to look for what must not be in it.
    pub text: String,
}

impl Spans {
    pub fn read(received: &[Delivered]) -> Self {
        let mut spans = Self {
            all: Vec::new(),
            services: Vec::new(),
            instances: Vec::new(),
            text: String::new(),
        };
        for delivered in received {
            let request = ExportTraceServiceRequest::decode(delivered.body.as_slice()).unwrap();
            spans.text.push_str(&String::from_utf8_lossy(&delivered.body));
            for of_process in request.resource_spans {
                let resource = of_process.resource.unwrap().attributes;
                spans.services.push(text(&resource, "service.name"));
                spans.instances.push(text(&resource, "service.instance.id"));
                spans.all.extend(of_process.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        spans.services.sort();
        spans.services.dedup();
        spans.instances.sort();
        spans.instances.dedup();
        spans
    }

    /// The spans of one claim.
    pub fn of_claim(&self, id: &str) -> Vec<&Span> {
        let trace = id.replace('-', "");
        self.all.iter().filter(|span| hex(&span.trace_id) == trace).collect()
    }
}

/// The names of spans, in the order of their ends.
pub fn names<'a>(spans: &[&'a Span]) -> Vec<&'a str> {
    let mut spans = spans.to_vec();
    spans.sort_by_key(|span| span.end_time_unix_nano);
    spans.iter().map(|span| span.name.as_str()).collect()
}

/// The only span of a name.
#[track_caller]
pub fn only<'a>(spans: &[&'a Span], name: &str) -> &'a Span {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name} among {:?}", names(spans));
    found[0]
}

/// An attribute as text; empty when there is none.
pub fn text(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    let value = found.and_then(|attribute| attribute.value.as_ref()?.value.as_ref());
    match value {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
