//! An address that requests may be sent to, checked once.

use std::fmt;

use hyper::Uri;

use super::address::{AddressRule, literal};

/// How far an address may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The public internet, by https: for addresses that others give us.
    Public,
    /// The same, or this machine, also by http: for addresses that the operator sets.
    PublicOrLoopback,
}

/// Why an address is not one that requests may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TargetProblem(pub(super) &'static str);

/// An address that requests may be sent to: https, or http to this machine where that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: String,
    host: String,
    reach: Reach,
}

impl Target {
    /// Checks an address.
    ///
    /// # Errors
    ///
    /// When it is no address, has a user name or a fragment in it, is not https, or is a network
    /// address that may not be connected to. Names are checked when they are resolved.
    pub fn parse(url: &str, reach: Reach) -> Result<Self, TargetProblem> {
        let uri: Uri = url.parse().map_err(|_| TargetProblem("it is not an address"))?;
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or(TargetProblem("it has no host"))?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(TargetProblem("it has a user name in it"));
        }
        if url.contains('#') {
            return Err(TargetProblem("it has a fragment in it"));
        }
        let rule = AddressRule::of(host);
        if rule == AddressRule::Loopback && reach == Reach::Public {
            return Err(TargetProblem("it leads to this machine"));
        }
        // An address instead of a name never meets the resolver.
        if literal(host).is_some_and(|ip| !rule.permits(ip)) {
            return Err(TargetProblem("it is an address inside a private network"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if rule == AddressRule::Loopback => {}
            Some(_) | None if reach == Reach::Public => {
                return Err(TargetProblem("it must be https"));
            }
            Some(_) | None => {
                return Err(TargetProblem("it must be https, unless its host is loopback"));
            }
        }
        Ok(Self { url: url.to_owned(), host: host.to_owned(), reach })
    }

    /// What lies below this address, which has no query.
    ///
    /// # Errors
    ///
    /// When the result is no address.
    pub fn below(&self, path: &str) -> Result<Self, TargetProblem> {
        Self::parse(&format!("{}/{path}", self.url.trim_end_matches('/')), self.reach)
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether it leads to this machine.
    pub fn is_loopback(&self) -> bool {
        AddressRule::of(&self.host) == AddressRule::Loopback
    }

    /// Whether there is more than scheme, host and path.
    pub fn has_query(&self) -> bool {
        self.url.contains('?')
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, public: bool, or_loopback: bool) {
        assert_eq!(Target::parse(given, Reach::Public).is_ok(), public, "{given}");
        assert_eq!(Target::parse(given, Reach::PublicOrLoopback).is_ok(), or_loopback, "{given}");
    }

    #[test]
    fn the_public_internet_is_reached_by_https_alone() {
        check("https://hooks.partner.example/cpor?team=7", true, true);
        check("https://partner.example:8443", true, true);
        check("https://8.8.8.8", true, true);
        check("http://hooks.partner.example/cpor", false, false);
        check("http://8.8.8.8", false, false);
        check("ftp://hooks.partner.example", false, false);
        check("hooks.partner.example", false, false);
        check("/cpor", false, false);
        check("https://", false, false);
        check("", false, false);
        check("https://user:secret@hooks.partner.example", false, false);
        check("https://hooks.partner.example#a", false, false);
    }

    #[test]
    fn this_machine_is_reached_where_the_operator_says_so() {
        for given in ["http://localhost:80", "https://LOCALHOST", "http://127.0.0.1:1/a"] {
            check(given, false, true);
        }
        check("http://[::1]:1", false, true);
        check("http://localhost.example", false, false);
    }

    #[test]
    fn private_networks_are_never_reached() {
        for given in ["https://10.0.0.1", "https://169.254.169.254", "https://[fe80::1]"] {
            check(given, false, false);
        }
        check("https://[::ffff:127.0.0.1]", false, false);
    }

    #[test]
    fn what_lies_below_has_one_slash_between() {
        for base in ["https://login.example/a", "https://login.example/a/"] {
            let target = Target::parse(base, Reach::Public).unwrap();
            assert_eq!(target.below("b/c").unwrap().as_str(), "https://login.example/a/b/c");
        }
        let target = Target::parse("https://login.example", Reach::Public).unwrap();
        assert!(target.below("b c").is_err());
        assert_eq!(target.host(), "login.example");
    }
}
