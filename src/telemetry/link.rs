//! What a caller's own trace is called: the W3C header `traceparent`. A claim's trace is its own,
//! so the caller's is linked to and never continued.

use axum::http::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

/// The caller's trace, written anew so that nothing but ids gets in; none when the header is not
/// there or not well formed.
pub(crate) fn caller_trace(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let context = parse(text)?;
    let flags = context.trace_flags().to_u8();
    Some(format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id()))
}

/// Reads a `traceparent`, of this version or a later one, which only adds to its end.
pub(super) fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let more = parts.next().is_some();
    if !is_hex(version, 2) || version == "ff" || (version == "00" && more) {
        return None;
    }
    if !(is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2)) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
    let context = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_name_of_a_trace_is_left_alone() {
        let check =
            |text: &str, expected: bool| assert_eq!(parse(text).is_some(), expected, "{text}");
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        check(&format!("00-{trace}-{span}-01"), true);
        check(&format!("00-{trace}-{span}-00"), true);
        check(&format!("cc-{trace}-{span}-01-more"), true);
        check(&format!("00-{trace}-{span}-01-more"), false);
        check(&format!("ff-{trace}-{span}-01"), false);
        check(&format!("00-{}-{span}-01", trace.to_uppercase()), false);
        check(&format!("00-{}-{span}-01", "0".repeat(32)), false);
        check(&format!("00-{trace}-{}-01", "0".repeat(16)), false);
        check(&format!("00-{trace}-{span}"), false);
        check("mert.kaya@anadoluelektrik.com.tr", false);
        check("", false);
    }

    #[test]
    fn nothing_but_ids_is_kept() {
        let given = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-mert.kaya";
        let headers =
            HeaderMap::from_iter([("traceparent".parse().unwrap(), given.parse().unwrap())]);
        let kept = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(caller_trace(&headers).as_deref(), Some(kept));
        assert_eq!(caller_trace(&HeaderMap::new()), None);
    }
}
