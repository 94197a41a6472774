//! Which network addresses may be connected to, and a name resolver that keeps to it.
//!
//! A name is resolved once per connection, and the very addresses that were checked are
//! connected to, so that no second resolution can lead into a private network. It deliberately
//! has no list of exceptions.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use tower_service::Service;

/// Which addresses a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AddressRule {
    /// Only the machine itself: a host that is loopback by name.
    Loopback,
    /// Only the public internet.
    Public,
}

impl AddressRule {
    /// The rule for a host as an address names it: what is loopback by name leads nowhere else.
    pub(super) fn of(host: &str) -> Self {
        match literal(host) {
            Some(ip) if ip.is_loopback() => Self::Loopback,
            None if host.eq_ignore_ascii_case("localhost") => Self::Loopback,
            Some(_) | None => Self::Public,
        }
    }

    /// Whether the rule lets a connection to this address happen.
    pub(super) fn permits(self, address: IpAddr) -> bool {
        match self {
            Self::Loopback => address.is_loopback(),
            Self::Public => is_public(address),
        }
    }
}

/// The network address that a host is, where it is no name.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']']).parse().ok()
}

/// Resolves names with the system's resolver and leaves out what the name's rule does not permit.
#[derive(Clone)]
pub(super) struct GuardedResolver;

impl Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let rule = AddressRule::of(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<_> = found.filter(|found| rule.permits(found.ip())).collect();
            if permitted.is_empty() {
                let problem = "the name leads to no address that may be connected to";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, problem));
            }
            Ok(permitted.into_iter())
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)            // this network, private, loopback, multicast
            | (100, 64..=127, _)                    // carrier-grade NAT
            | (169, 254, _)                         // link-local, cloud metadata
            | (172, 16..=31, _) | (192, 168, _)     // private
            | (192, 0, 0 | 2) | (192, 88, 99)       // protocol assignments, documentation, 6to4
            | (198, 18 | 19, _)                     // benchmarks
            | (198, 51, 100) | (203, 0, 113) // documentation
    );
    !special
}

/// Only global unicast without its special blocks; an IPv4 address behind NAT64 counts as itself.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] => false, // Teredo, documentation, 6to4.
        [0x3fff, 0..=0x0fff, ..] => false,                       // Documentation.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: AddressRule, given: &str, expected: bool) {
        assert_eq!(rule.permits(given.parse().unwrap()), expected, "{given}");
    }

    #[test]
    fn public_addresses_are_permitted() {
        let addresses = "20.190.159.0 8.8.8.8 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 \
            192.0.1.1 2603:1006:2000::1 2a01:111:f100::1 64:ff9b::8.8.8.8";
        for address in addresses.split_whitespace() {
            check(AddressRule::Public, address, true);
            check(AddressRule::Loopback, address, false);
        }
    }

    #[test]
    fn addresses_inside_are_not() {
        let addresses = "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 \
            172.16.0.1 172.31.255.255 192.168.1.1 192.0.0.8 192.0.2.1 192.88.99.1 198.18.0.1 \
            198.51.100.7 203.0.113.7 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 \
            ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 \
            fc00::1 fd12::1 fe80::1 fec0::1 ff02::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1";
        for address in addresses.split_whitespace() {
            check(AddressRule::Public, address, false);
        }
    }

    #[test]
    fn a_loopback_host_leads_nowhere_else() {
        check(AddressRule::Loopback, "127.0.0.1", true);
        check(AddressRule::Loopback, "::1", true);
        check(AddressRule::Loopback, "10.0.0.1", false);
        check(AddressRule::Loopback, "::ffff:127.0.0.1", false);
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        let resolve = |name: &str| GuardedResolver.call(name.parse::<Name>().unwrap());
        // Every resolver knows this spelling of 127.0.0.1, and no parser of addresses does.
        let refused = resolve("0x7f.1").await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        let found = resolve("localhost").await;
        assert!(found.unwrap().all(|address| address.ip().is_loopback()));
    }
}
