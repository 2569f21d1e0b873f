//! Two hundred secrets of all kinds, each with a part that occurs nowhere else, and every form in which one could be found again.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use decantr::base::crypto;

/// How many there are of each kind.
const EACH: usize = 10;

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The shortest form that is looked for; a shorter one can occur by chance.
const SHORTEST: usize = 10;

/// A secret.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    /// As somebody would leak it.
    pub(super) text: String,
    /// The part that must not be found even alone.
    core: String,
}

/// Kinds of secrets: `~` stands for the part that must not be found.
const KINDS: [(&str, usize, &[u8]); 20] = [
    ("sk_live_~", 24, MIXED),
    ("AKIA~", 16, UPPER),
    ("wJalrXUtnFEMI/K7MDENG+~", 20, MIXED),
    ("ghp_~", 36, MIXED),
    ("xoxb-123456789012-1234567890123-~", 24, MIXED),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.~", 43, MIXED),
    ("anna.~+work@mail.example", 12, LOWER),
    ("/home/anna/~/.ssh/id_ed25519", 14, LOWER),
    ("C:\\Users\\anna\\~\\secrets.env", 14, LOWER),
    ("203.0.113.77, 10.~", 0, DIGITS),
    ("2001:db8:~", 0, HEX),
    ("https://files.example/share?token=~&user=1#top", 20, MIXED),
    ("postgres://admin:~@db.internal:5432/prod", 16, MIXED),
    (
        "TypeError: x is undefined\n    at ~ (/srv/app/index.js:10:5)\n    at main",
        14,
        LOWER,
    ),
    (
        "Write a letter to my doctor about \"~\".\nDo not tell anybody that I am ill.",
        14,
        LOWER,
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Build/~",
        12,
        UPPER,
    ),
    ("+49 1512 ~", 11, DIGITS),
    ("4111~", 12, DIGITS),
    (
        "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49~\n-----END PRIVATE KEY-----",
        44,
        MIXED,
    ),
    ("DATABASE_PASSWORD='~'", 14, MIXED),
];

/// All of them, always the same.
pub(super) fn all() -> Vec<Secret> {
    let kinds = KINDS.iter();
    let secrets = kinds.flat_map(|(pattern, length, alphabet)| {
        (0..EACH).map(move |at| {
            let seed = format!("{pattern}{at}");
            let core = match *length {
                0 if *alphabet == DIGITS => address_v4(at),
                0 => address_v6(&seed),
                length => noise(&seed, length, alphabet),
            };
            let text = match *length {
                0 if *alphabet == DIGITS => core.clone(),
                0 => core.clone(),
                _ => pattern.replace('~', &core),
            };
            Secret { text, core }
        })
    });
    secrets.collect()
}

fn address_v4(at: usize) -> String {
    format!("198.51.100.{}", 101 + at * 7)
}

fn address_v6(seed: &str) -> String {
    let noise = |part| noise(&format!("{seed}{part}"), 3, HEX);
    format!("2001:db8:a{}:b{}::c{}", noise(1), noise(2), noise(3))
}

/// Characters that look like chance, and are the same each time.
fn noise(seed: &str, length: usize, alphabet: &[u8]) -> String {
    let blocks = (0..).flat_map(|block: u32| crypto::sha256(format!("{seed}{block}").as_bytes()));
    let characters = blocks.map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()]));
    characters.take(length).collect()
}

impl Secret {
    /// The text in one line, as a header needs it.
    pub(super) fn line(&self) -> String {
        self.text.replace('\n', " ")
    }

    /// The forms in which it could be found, whatever the case of letters.
    fn forms(&self) -> Vec<String> {
        let mut forms = Vec::new();
        for text in [&self.text, &self.core] {
            let bytes = text.as_bytes();
            let json = serde_json::to_string(text).unwrap();
            forms.extend([
                text.clone(),
                json.trim_matches('"').to_owned(),
                percent(text),
                folded(text),
                crypto::hex(bytes),
                crypto::hex(&crypto::sha256(bytes)),
            ]);
            for offset in 0..3 {
                forms.push(within(&STANDARD, bytes, offset));
                forms.push(within(&URL_SAFE, bytes, offset));
            }
        }
        forms.retain(|form| form.len() >= SHORTEST);
        forms.sort();
        forms.dedup();
        forms
    }
}

pub(super) fn percent(text: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encoded).collect()
}

/// As a reducer folds a text into a token, and however long it is.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::new();
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() || c == '-' => folded.push(c),
            _ if folded.ends_with('_') => {}
            _ => folded.push('_'),
        }
    }
    folded.trim_matches('_').to_owned()
}

/// What stays the same of the Base64 of a text, whatever stands around it, so many bytes (modulo 3) after the start.
fn within(engine: &impl base64::Engine, bytes: &[u8], offset: usize) -> String {
    let padded = [&vec![0; offset], bytes].concat();
    let encoded = engine.encode(&padded);
    let (from, to) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
    encoded.get(from..to).unwrap().to_owned()
}

/// Looks for all of them at once.
pub(super) struct Search {
    automaton: AhoCorasick,
    forms: Vec<(Secret, String)>,
}

impl Search {
    pub(super) fn new(secrets: &[Secret]) -> Self {
        let forms = secrets.iter();
        let forms: Vec<(Secret, String)> = forms
            .flat_map(|secret| {
                let forms = secret.forms().into_iter();
                forms.map(|form| (secret.clone(), form))
            })
            .collect();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(forms.iter().map(|(_, form)| form))
            .unwrap();
        Self { automaton, forms }
    }

    /// Which secrets are in these bytes, each with the form in which it is and what stands around it; the first few.
    pub(super) fn find(&self, bytes: &[u8]) -> Vec<String> {
        let found = self.automaton.find_iter(bytes).take(5);
        let found = found.map(|found| {
            let (secret, form) = &self.forms[found.pattern().as_usize()];
            let around = found.start().saturating_sub(60)..bytes.len().min(found.end() + 60);
            let around = String::from_utf8_lossy(&bytes[around]).into_owned();
            format!("{:?} as {form:?} in {around:?}", secret.text)
        });
        found.collect()
    }
}

#[test]
fn there_are_200_and_each_is_found_in_every_form() {
    let secrets = all();
    let texts: std::collections::BTreeSet<&String> = secrets.iter().map(|s| &s.text).collect();
    assert_eq!((secrets.len(), texts.len()), (200, 200));
    let search = Search::new(&secrets);
    assert_eq!(search.find(b"nothing of the kind"), Vec::<String>::new());
    for secret in &secrets {
        let core = secret.core.as_bytes();
        let around = |before: &str| [before.as_bytes(), secret.text.as_bytes(), b"???"].concat();
        for bytes in [
            around("x"),
            secret.text.to_uppercase().into_bytes(),
            percent(&secret.text).to_lowercase().into_bytes(),
            crypto::hex(core).into_bytes(),
            crypto::hex(&crypto::sha256(secret.text.as_bytes())).into_bytes(),
            STANDARD.encode(around("")).into_bytes(),
            STANDARD.encode(around("a")).into_bytes(),
            URL_SAFE.encode(around("ab")).into_bytes(),
        ] {
            assert!(!search.find(&bytes).is_empty(), "{secret:?}");
        }
    }
}
