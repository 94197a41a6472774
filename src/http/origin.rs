//! Whether a request comes from our own page. There is no credential that another page in the same
//! browser would have to know, so the browser is asked where the request comes from.

use axum::http::{HeaderMap, Uri, header};

use crate::http::problem::{Problem, ProblemType};

/// The host that was asked for is this machine, or where the deployment is reached. Under any other
/// name it is another page's, whose name was made to lead here.
pub(super) fn check_host(headers: &HeaderMap, public_url: &str) -> Result<(), Problem> {
    let authority = text(headers, header::HOST).unwrap_or_default();
    let public: Option<Uri> = public_url.parse().ok();
    let is_public = public.and_then(|uri| Some(uri.authority()?.as_str() == authority));
    if is_loopback(authority) || is_public == Some(true) {
        return Ok(());
    }
    Err(refused("It was asked for under a name that is not this server's."))
}

/// The form was sent by our own page, as the browser says. Whoever is no browser uses the API.
pub(super) fn check_form(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let origin = text(headers, header::ORIGIN).and_then(|origin| origin.split_once("://"));
    let host = text(headers, header::HOST);
    let is_ours = match (site, origin) {
        (Some(site), _) => site == "same-origin",
        (None, Some((_, authority))) => Some(authority) == host,
        (None, None) => false,
    };
    if is_ours { Ok(()) } else { Err(refused("The form was not sent by the clock's own page.")) }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn refused(detail: &str) -> Problem {
    let remedy = "Open /clock in a browser on this machine, or use POST /v1/clock with a key.";
    Problem::new(ProblemType::RoleNotAllowed, detail, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_page_sends_forms() {
        let check = |pairs: &[(&'static str, &'static str)], expected: bool| {
            let given: Vec<_> = [&[("host", "localhost:8080")], pairs].concat();
            assert_eq!(check_form(&headers(&given)).is_ok(), expected, "{pairs:?}");
        };
        check(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true);
        check(&[("origin", "http://localhost:8080")], true);
        check(&[("sec-fetch-site", "same-site"), ("origin", "http://localhost:8080")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "none")], false);
        check(&[("origin", "http://localhost:8081")], false);
        check(&[("origin", "null")], false);
        check(&[], false);
    }

    #[test]
    fn names_of_others_that_lead_here_are_refused() {
        let check = |host: &'static str, expected: bool| {
            let found = check_host(&headers(&[("host", host)]), "https://cpor.example:8443/x");
            assert_eq!(found.is_ok(), expected, "{host}");
        };
        for ours in ["127.0.0.1:8080", "127.0.0.1", "[::1]:80", "LOCALHOST", "cpor.example:8443"] {
            check(ours, true);
        }
        for other in ["cpor.example", "localhost.evil.example", "127.0.0.1.evil.example:80", ""] {
            check(other, false);
        }
    }
}
