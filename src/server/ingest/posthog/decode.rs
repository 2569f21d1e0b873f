//! From bytes to JSON: SDKs of PostHog wrap theirs in forms, base64 and gzip, and what they say about it is not to be relied on,
//! so that each layer is known by its first bytes (PostHog/posthog `rust/capture/src/payload/common.rs`@61bafba,
//! `decompression.rs`@027cd53 and `utils.rs`@027cd53).

use std::borrow::Cow;
use std::io::{self, Read};

use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, HeaderValue};
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::read::DecoderReader;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use percent_encoding::{percent_decode, percent_decode_str};

use crate::server::access::{Bodies, Failure, Received};

/// The most layers that are taken off: base64 around a form, around base64, around gzip, around base64.
const LAYERS: usize = 5;

/// How far into a layer it is looked for what it is, in bytes.
const GLANCE: usize = 128;

/// What gzip begins with (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a query or a form says beside the events.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// `_`: when the request was sent, in milliseconds since 1970.
    pub(super) sent_at: Option<i64>,
    /// `beacon`: nobody reads the answer.
    pub(super) is_beacon: bool,
    is_lz64: bool,
}

impl Hints {
    /// Those of a query, and of the headers.
    pub(super) fn new(query: &str, headers: &HeaderMap) -> Self {
        let mut hints = Self::default();
        let encoding = headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes);
        hints.is_lz64 = matches!(encoding, Some(b"lz64" | b"lz-string"));
        hints.read(query.as_bytes());
        hints
    }

    /// Those of a form or a query.
    fn read(&mut self, form: &[u8]) {
        for (name, value) in fields(form) {
            match name {
                b"_" => self.sent_at = text(value).parse().ok().or(self.sent_at),
                b"beacon" => self.is_beacon = matches!(value, b"1" | b"true"),
                b"compression" => self.is_lz64 |= matches!(value, b"lz64" | b"lz-string"),
                _ => {}
            }
        }
    }
}

/// The JSON in a query's `data`, else in a body. Each layer takes its share of the room for bodies, and is let go when the next
/// one has been taken out of it.
///
/// # Errors
/// 400 when there is none or no way to it, 413 when a layer has more than `limit` bytes, 503 when there is no room.
pub(super) fn json(
    query: &str,
    hints: &mut Hints,
    body: Received,
    bodies: &Bodies,
    limit: usize,
) -> Result<Received, Failure> {
    let mut layer = match data(query.as_bytes()) {
        Some(_) => unwrapped(Wrapping::Form, query.as_bytes(), bodies, limit)?,
        None => body,
    };
    for _ in 0..=LAYERS {
        let wrapping = match Wrapping::of(layer.bytes()) {
            Wrapping::None if layer.bytes().is_empty() => {
                return Err(Failure::bad("empty_body", "the request holds no event"));
            }
            Wrapping::None => return Ok(layer),
            wrapping => wrapping,
        };
        if wrapping == Wrapping::Form {
            hints.read(layer.bytes());
        }
        if hints.is_lz64 && wrapping == Wrapping::Base64 {
            let detail = "the compression lz64 is not supported; use gzip or none";
            return Err(Failure::bad("unsupported_compression", detail));
        }
        layer = unwrapped(wrapping, layer.bytes(), bodies, limit)?;
    }
    Err(Failure::bad("invalid_body", "the body has too many layers"))
}

/// The JSON in a body that is gzip by its first bytes, or deflate when `is_deflate`, with or without the frame of zlib, which a
/// first byte tells (PostHog/posthog `rust/capture/src/v1/util.rs`@090edeb).
///
/// # Errors
/// As [`json`].
pub(super) fn inflated(
    is_deflate: bool,
    body: Received,
    bodies: &Bodies,
    limit: usize,
) -> Result<Received, Failure> {
    const ZLIB: u8 = 0x78;
    let bytes = body.bytes();
    if Wrapping::of(bytes) == Wrapping::Gzip {
        return unwrapped(Wrapping::Gzip, bytes, bodies, limit);
    }
    if !is_deflate {
        return Ok(body);
    }
    let broken = Failure::bad("invalid_deflate", "the body cannot be inflated");
    if bytes.first() == Some(&ZLIB) {
        Received::unpacked(bodies, ZlibDecoder::new(bytes), limit, broken)
    } else {
        Received::unpacked(bodies, DeflateDecoder::new(bytes), limit, broken)
    }
}

/// What is around what matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrapping {
    Gzip,
    Form,
    Base64,
    /// Nothing that is known.
    None,
}

impl Wrapping {
    fn of(bytes: &[u8]) -> Self {
        let text = bytes.trim_ascii_start();
        let start = text.get(..GLANCE).unwrap_or(text).trim_ascii_end();
        match start.first() {
            None | Some(b'{' | b'[') => Self::None,
            Some(_) if bytes.starts_with(&GZIP) => Self::Gzip,
            Some(_) if fields(start).any(|(name, _)| name == b"data") => Self::Form,
            Some(_) if start.iter().all(|byte| is_base64(*byte)) => Self::Base64,
            Some(_) => Self::None,
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_= ".contains(&byte)
}

fn unwrapped(
    wrapping: Wrapping,
    bytes: &[u8],
    bodies: &Bodies,
    limit: usize,
) -> Result<Received, Failure> {
    let broken = |code, detail: &'static str| Failure::bad(code, detail);
    match wrapping {
        Wrapping::Gzip => {
            let broken = broken(
                "invalid_gzip",
                "the body begins like gzip but cannot be inflated",
            );
            Received::unpacked(bodies, MultiGzDecoder::new(bytes), limit, broken)
        }
        Wrapping::Form => {
            let broken = broken("invalid_form", "the form has no data");
            let Some(data) = data(bytes) else {
                return Err(broken);
            };
            // A plus is a blank in forms; one that belongs to base64 comes back there.
            let words = data.split(|byte| *byte == b'+').enumerate();
            let decoded = words.flat_map(|(at, word)| {
                let blank = (at > 0).then_some(b' ');
                blank.into_iter().chain(percent_decode(word))
            });
            Received::unpacked(bodies, Bytes(decoded), limit, broken)
        }
        Wrapping::Base64 => {
            let broken = broken("invalid_base64", "the body is neither JSON nor base64");
            let standard = bytes.trim_ascii().iter().map(|byte| match byte {
                b'-' | b' ' => b'+',
                b'_' => b'/',
                byte => *byte,
            });
            let decoder = DecoderReader::new(Bytes(standard), &BASE64);
            Received::unpacked(bodies, decoder, limit, broken)
        }
        Wrapping::None => Received::unpacked(bodies, bytes, limit, Failure::overloaded()),
    }
}

/// The names and values of a form, as they were sent.
fn fields(form: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    form.split(|byte| *byte == b'&').filter_map(|field| {
        let at = field.iter().position(|byte| *byte == b'=')?;
        let (name, value) = field.split_at_checked(at)?;
        Some((name, value.get(1..)?))
    })
}

/// What a form or a query has under `data`.
fn data(form: &[u8]) -> Option<&[u8]> {
    let mut fields = fields(form);
    let (_, data) = fields.find(|(name, data)| *name == b"data" && !data.is_empty())?;
    Some(data)
}

/// A short value of a form.
fn text(value: &[u8]) -> Cow<'_, str> {
    let value = std::str::from_utf8(value).unwrap_or_default();
    percent_decode_str(value).decode_utf8_lossy()
}

/// Bytes one after the other, to be read.
struct Bytes<I>(I);

impl<I: Iterator<Item = u8>> Read for Bytes<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        for (to, byte) in buffer.iter_mut().zip(&mut self.0) {
            *to = byte;
            length += 1;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD as B64, URL_SAFE_NO_PAD};
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const EVENT: &str = r#"{"event":"a+b ü","distinct_id":"??>>~~"}"#;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn urlencoded(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    fn decoded(query: &str, body: &[u8]) -> Result<String, Failure> {
        let bodies = Bodies::default();
        let sent = Received::unpacked(&bodies, body, 1 << 20, Failure::overloaded()).unwrap();
        let mut hints = Hints::new(query, &HeaderMap::new());
        let json = json(query, &mut hints, sent, &bodies, 1 << 20)?;
        Ok(String::from_utf8_lossy(json.bytes()).into_owned())
    }

    #[test]
    fn whatever_is_around_the_json_it_is_the_same() {
        let plain = EVENT.as_bytes();
        let base64 = B64.encode(EVENT);
        let bodies = [
            plain.to_vec(),
            gzip(plain),
            base64.clone().into_bytes(),
            format!("{base64}\n").into_bytes(),
            URL_SAFE_NO_PAD.encode(EVENT).into_bytes(),
            gzip(base64.as_bytes()),
            B64.encode(gzip(plain)).into_bytes(),
            format!("data={}", urlencoded(EVENT)).into_bytes(),
            format!("data={}", urlencoded(EVENT).replace("%20", "+")).into_bytes(),
            format!("data={}", urlencoded(&base64)).into_bytes(),
            // Base64 that nobody encoded for the form: its pluses became blanks.
            format!("data={base64}").into_bytes(),
            format!(
                "ip=1&_=1&ver=1.2.3&compression=gzip-js&data={}",
                urlencoded(&B64.encode(gzip(plain)))
            )
            .into_bytes(),
            B64.encode(format!("data={}", urlencoded(EVENT)))
                .into_bytes(),
        ];
        for body in &bodies {
            let shown = String::from_utf8_lossy(body);
            assert_eq!(decoded("", body).as_deref(), Ok(EVENT), "{shown}");
        }
        for query in [
            format!("data={}&ip=1", urlencoded(&base64)),
            format!("_=7&data={}", URL_SAFE_NO_PAD.encode(EVENT)),
            format!("data={}", urlencoded(EVENT)),
        ] {
            assert_eq!(decoded(&query, b"").as_deref(), Ok(EVENT), "{query}");
        }
        assert!(
            base64.contains('+') || base64.contains('/'),
            "it shows nothing about them"
        );
    }

    #[test]
    fn what_leads_to_no_json_is_refused() {
        let mut onion = EVENT.as_bytes().to_vec();
        for _ in 0..=LAYERS {
            onion = B64.encode(onion).into_bytes();
        }
        let onion = String::from_utf8(onion).unwrap();
        let cut = gzip(EVENT.as_bytes());
        for (query, body, code) in [
            ("", &b""[..], "empty_body"),
            ("data=", b"", "empty_body"),
            ("", b"data=", "invalid_form"),
            ("", b"AAAA====A", "invalid_base64"),
            ("", &cut[..cut.len() - 9], "invalid_gzip"),
            ("", onion.as_bytes(), "invalid_body"),
            (
                "compression=lz64",
                b"N4IgbghgTgLgl",
                "unsupported_compression",
            ),
            (
                "",
                b"compression=lz64&data=N4IgbghgTgLgl",
                "unsupported_compression",
            ),
        ] {
            let failure = decoded(query, body).unwrap_err();
            assert!(
                format!("{failure:?}").contains(code),
                "{query} {body:?}: {failure:?}"
            );
        }
        let bomb = gzip(&vec![b' '; (1 << 20) + 1]);
        assert!(format!("{:?}", decoded("", &bomb).unwrap_err()).contains("body_too_large"));
    }

    #[test]
    fn hints_are_read_wherever_they_are() {
        let hints = Hints::new("_=1763612686506&beacon=1", &HeaderMap::new());
        assert_eq!(
            (hints.sent_at, hints.is_beacon),
            (Some(1_763_612_686_506), true)
        );
        let mut hints = Hints::default();
        hints.read(b"data=x&_=12");
        assert_eq!((hints.sent_at, hints.is_beacon), (Some(12), false));
    }
}
