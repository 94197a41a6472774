//! Turns the spans of this process into those of claims' traces.
//!
//! A layer of our own, because often a claim is known only after a span has begun: a submission
//! gets its id when most of it is done. So a span finds its trace when it ends. What never learns
//! of a claim is left out; metrics count it. Whoever ends a span only puts it into a queue.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{Link, SpanContext, SpanId, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator, SpanData, SpanLinks};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::collector::Finished;
use super::ids::{Sampling, root_span_id, span_id_at, trace_id};
use super::spans::{self, Role, SpanInfo};
use crate::claim::ClaimId;
use crate::clock::host_time;

/// See the module.
pub(super) struct ClaimTraces {
    finished: Finished,
    sampling: Sampling,
    scope: InstrumentationScope,
}

/// What is kept with a span that is going on.
struct Step {
    info: &'static SpanInfo,
    id: SpanId,
    started: SystemTime,
    told: Told,
}

/// What the fields of a span say.
#[derive(Default)]
struct Told {
    claim: Option<ClaimId>,
    revision: u64,
    started: Option<SystemTime>,
    ended: Option<SystemTime>,
    caller: Option<SpanContext>,
    has_failed: bool,
    attributes: Vec<KeyValue>,
}

/// The id of a span that is going on, for log lines.
pub(super) fn span_id<S>(span: &SpanRef<'_, S>) -> Option<SpanId>
where
    S: for<'a> LookupSpan<'a>,
{
    span.extensions().get::<Step>().map(|step| step.id)
}

impl ClaimTraces {
    /// Gives what has ended to `finished`, of this share of all claims.
    pub fn new(finished: Finished, ratio: f64) -> Self {
        let scope = InstrumentationScope::builder("cpor").with_version(env!("CARGO_PKG_VERSION"));
        Self { finished, sampling: Sampling::new(ratio), scope: scope.build() }
    }

    fn exported(&self, step: Step, place: Place) -> SpanData {
        let Step { info, id, started, told } = step;
        let title = title(info, &told.attributes);
        let fixed = info.fixed.iter().map(|(key, value)| KeyValue::new(*key, *value));
        let mut links = SpanLinks::default();
        links.links.extend(place.link.map(|context| Link::new(context, Vec::new(), 0)));
        SpanData {
            span_context: SpanContext::new(
                trace_id(place.claim),
                id,
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: place.parent,
            parent_span_is_remote: false,
            span_kind: info.kind.clone(),
            name: title,
            start_time: told.started.unwrap_or(started),
            end_time: told.ended.unwrap_or_else(now),
            attributes: told.attributes.into_iter().chain(fixed).collect(),
            dropped_attributes_count: 0,
            events: opentelemetry_sdk::trace::SpanEvents::default(),
            links,
            status: if told.has_failed { Status::error("") } else { Status::Unset },
            instrumentation_scope: self.scope.clone(),
        }
    }
}

impl<S> Layer<S> for ClaimTraces
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let (Some(info), Some(span)) = (spans::info(attributes.metadata()), context.span(id))
        else {
            return;
        };
        let mut told = Told::default();
        attributes.record(&mut told);
        let claim = told.claim;
        let id = RandomIdGenerator::default().new_span_id();
        span.extensions_mut().insert(Step { info, id, started: now(), told });
        tell_frames(&span, claim);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let claim = {
            let mut extensions = span.extensions_mut();
            let Some(step) = extensions.get_mut::<Step>() else { return };
            values.record(&mut step.told);
            step.told.claim
        };
        tell_frames(&span, claim);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(mut step) = span.extensions_mut().remove::<Step>() else { return };
        let Some(place) = Place::of(&span, &mut step) else { return };
        if self.sampling.takes(place.claim) {
            self.finished.put(self.exported(step, place));
        }
    }
}

/// A claim that has become known within a frame is the frame's, if it has none yet.
fn tell_frames<S>(span: &SpanRef<'_, S>, claim: Option<ClaimId>)
where
    S: for<'a> LookupSpan<'a>,
{
    let Some(claim) = claim else { return };
    for around in span.scope().skip(1) {
        if let Some(step) = around.extensions_mut().get_mut::<Step>()
            && step.info.role == Role::Frame
            && step.told.claim.is_none()
        {
            step.told.claim = Some(claim);
            step.told.attributes.push(KeyValue::new(spans::CLAIM_ID, claim.to_string()));
        }
    }
}

/// Where a span belongs.
struct Place {
    claim: ClaimId,
    parent: SpanId,
    link: Option<SpanContext>,
}

impl Place {
    /// Nowhere, when it is not known which claim it is about.
    fn of<S>(span: &SpanRef<'_, S>, step: &mut Step) -> Option<Self>
    where
        S: for<'a> LookupSpan<'a>,
    {
        let (mut claim, mut parent, mut link) = (step.told.claim, None, None);
        for around in span.scope().skip(1) {
            let extensions = around.extensions();
            let Some(around) = extensions.get::<Step>() else { continue };
            if step.info.name == "submit" {
                link = link.or_else(|| around.told.caller.clone());
            }
            if around.info.role == Role::Many {
                continue;
            }
            let same = claim.is_none() || around.told.claim.is_none() || claim == around.told.claim;
            if same && parent.is_none() {
                parent = Some(around.id);
            }
            claim = claim.or(around.told.claim);
        }
        let claim = claim?;
        let root = root_span_id(claim);
        let parent = match step.info.role {
            Role::Many => return None,
            Role::Step | Role::Frame => parent.unwrap_or(root),
            Role::Root => {
                step.id = root;
                SpanId::INVALID
            }
            Role::Life => {
                step.id = span_id_at(claim, step.info.name, step.told.revision);
                root
            }
        };
        Some(Self { claim, parent, link })
    }
}

/// The name of a span, with its fields put in.
fn title(info: &'static SpanInfo, attributes: &[KeyValue]) -> Cow<'static, str> {
    let mut title = Cow::Borrowed(info.title);
    for KeyValue { key, value, .. } in attributes {
        let place = format!("{{{key}}}");
        if title.contains(&place) {
            title = title.replace(&place, &value.as_str()).into();
        }
    }
    title
}

/// When this process did something, by the machine's clock.
fn now() -> SystemTime {
    host_time().into()
}

impl Told {
    fn attribute(&mut self, field: &Field, value: impl Into<Value>) {
        self.has_failed |= field.name() == spans::ERROR_TYPE;
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn text(&mut self, field: &Field, text: String) {
        match field.name() {
            spans::CALLER_TRACE => self.caller = super::link::parse(&text),
            spans::CLAIM_ID => match ClaimId::parse(&text) {
                Ok(claim) if self.claim.is_none() => {
                    self.claim = Some(claim);
                    self.attribute(field, text);
                }
                Ok(_) | Err(_) => {}
            },
            _ => self.attribute(field, text),
        }
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value.to_owned());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.attribute(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match field.name() {
            spans::STARTED_US => self.started = Some(instant(value)),
            spans::ENDED_US => self.ended = Some(instant(value)),
            _ => self.attribute(field, value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == spans::REVISION {
            self.revision = value;
        }
        self.attribute(field, i64::try_from(value).unwrap_or(i64::MAX));
    }
}

/// Claims are made after 1970.
fn instant(us: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(us).unwrap_or_default())
}
