//! Who is at the other end: the address of the connection, or what a trusted proxy says about it. Addresses are neither stored
//! nor logged; what is remembered of one is a hash with a salt that this process made.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// What proxies say by custom: a list of addresses, the nearest last.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// What proxies say by RFC 7239.
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");

/// The address at the other end of a connection; the loop that takes connections puts it into every request.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The networks whose machines are believed about whom they speak for.
#[derive(Clone, Default)]
pub(super) struct Proxies(pub(super) Vec<IpNet>);

impl Proxies {
    /// The address that a request comes from.
    ///
    /// A peer outside the trusted networks speaks for itself, whatever its headers say. For one inside it is the rightmost
    /// address that is not trusted: everything to the left of it is hearsay, which anybody can make up. A list that cannot be
    /// read, up to there, counts as none.
    pub(super) fn client(&self, request: &Parts) -> IpAddr {
        let peer = request.extensions.get::<Peer>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
            peer.0.to_canonical()
        });
        if !self.trusts(peer) {
            return peer;
        }
        // Never the second when there is the first: a proxy that writes one passes on the other as a client made it up.
        let told = if request.headers.contains_key(&X_FORWARDED_FOR) {
            self.told(&request.headers, &X_FORWARDED_FOR, address)
        } else {
            self.told(&request.headers, &FORWARDED, forwarded)
        };
        told.unwrap_or(peer)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The rightmost address in `header` that is not trusted; the leftmost one when all are.
    fn told(
        &self,
        headers: &HeaderMap,
        header: &HeaderName,
        read: impl Fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let lines = headers.get_all(header).iter();
        // What is no text makes its own item unreadable, not those that a proxy added behind it.
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        let list = lines.join(",");
        let mut furthest = None;
        for item in list.rsplit(',') {
            let address = read(item.trim())?.to_canonical();
            furthest = Some(address);
            if !self.trusts(address) {
                break;
            }
        }
        furthest
    }
}

/// An address, perhaps with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let bare = bare.unwrap_or(text).parse().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// The address in the `for` pair of one element of the header of RFC 7239; names that hide an address are none.
fn forwarded(element: &str) -> Option<IpAddr> {
    let node = element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then_some(value.trim())
    })?;
    let quoted = node
        .strip_prefix('"')
        .and_then(|node| node.strip_suffix('"'));
    address(quoted.unwrap_or(node))
}

/// What a peer is known by to rate limits: its address, or the network of 2^64 addresses that one customer of a provider has.
pub(super) fn trace(address: IpAddr) -> ([u8; 8], bool) {
    let mut bytes = [0; 8];
    let octets = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    bytes
        .iter_mut()
        .zip(octets)
        .for_each(|(to, from)| *to = from);
    (bytes, address.is_ipv6())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(Peer(peer.parse().unwrap()));
        let networks = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        Proxies(networks.to_vec()).client(&parts).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        let claim = [("x-forwarded-for", "203.0.113.7")];
        assert_eq!(client("198.51.100.1", &claim), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &claim), "203.0.113.7");
        assert_eq!(client("::ffff:10.0.0.1", &claim), "203.0.113.7");
        assert_eq!(client("fd00::1", &claim), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn the_rightmost_stranger_counts() {
        let told = |list: &str| client("10.0.0.1", &[("x-forwarded-for", list)]);
        assert_eq!(told("1.2.3.4, 203.0.113.7, 10.9.9.9"), "203.0.113.7");
        assert_eq!(told("nonsense, 203.0.113.7"), "203.0.113.7");
        assert_eq!(told("2001:db8::1"), "2001:db8::1");
        assert_eq!(told("[2001:db8::1]:443"), "2001:db8::1");
        assert_eq!(told("203.0.113.7:443"), "203.0.113.7");
        assert_eq!(told("10.1.1.1, 10.2.2.2"), "10.1.1.1");
        assert_eq!(told("\u{e9}, 203.0.113.7"), "203.0.113.7");
        for bad in ["", "nonsense", "203.0.113.7, nonsense", "203.0.113.7,", "é"] {
            assert_eq!(told(bad), "10.0.0.1", "{bad}");
        }
        let lines = [
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-for", "203.0.113.7"),
        ];
        assert_eq!(client("10.0.0.1", &lines), "203.0.113.7");
    }

    #[test]
    fn the_standard_header_is_read_when_there_is_no_other() {
        let told = |list: &str| client("10.0.0.1", &[("forwarded", list)]);
        assert_eq!(
            told("for=1.2.3.4, for=203.0.113.7;proto=https"),
            "203.0.113.7"
        );
        assert_eq!(
            told("proto=https; For=\"[2001:db8::1]:4711\""),
            "2001:db8::1"
        );
        for bad in [
            "for=unknown",
            "for=_hidden",
            "by=203.0.113.7",
            "for=\"1.2.3.4",
        ] {
            assert_eq!(told(bad), "10.0.0.1", "{bad}");
        }
    }

    #[test]
    fn neighbours_in_a_small_network_are_one_peer() {
        let of = |text: &str| trace(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("1.2.3.4"), of("1.2.3.5"));
        assert_ne!(of("1.2.3.4"), of("102:304::"));
    }
}
