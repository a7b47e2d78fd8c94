//! A small HTTP server: a thread for each connection, which stays open for further requests.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The token in the header Authorization.
    pub(crate) bearer: Option<String>,
    pub(crate) content_type: String,
    /// The address that the client used, if a proxy says that it is not the tenant's own.
    pub(crate) forwarded: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// What comes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, further headers, and a body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The connection is closed without a word.
    Close,
    /// These bytes and no more, and the connection stays open.
    Stuck(Vec<u8>),
    /// A body that never ends.
    Endless,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Answer(status, vec![("Content-Type", "application/json".to_owned())], body.to_string().into_bytes())
    }

    /// An error as Graph words it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "error": { "code": code, "message": message, "innerError": {} } }))
    }

    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// Serves requests for ever, each answered by `answer`.
pub(crate) fn serve(listener: TcpListener, answer: impl Fn(&Asked) -> Reply + Clone + Send + 'static) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || converse(&stream, answer));
        }
    });
}

/// Answers one request after the other, until the client leaves.
fn converse(stream: &TcpStream, answer: impl Fn(&Asked) -> Reply) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let asked = read(&mut reader)?;
        let mut out = stream;
        match answer(&asked) {
            Reply::Close => return None,
            Reply::Stuck(bytes) => {
                out.write_all(&bytes).ok()?;
                std::thread::sleep(Duration::from_secs(60));
                return None;
            }
            Reply::Endless => {
                out.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").ok()?;
                loop {
                    out.write_all(&[b' '; 65536]).ok()?;
                }
            }
            Reply::Answer(status, headers, body) => {
                let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let head = format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
                out.write_all(&[head.as_bytes(), &body].concat()).ok()?;
            }
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (mut length, mut bearer, mut content_type) = (0, None, String::new());
    let (mut scheme, mut host) = (None, None);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            "content-type" => value.clone_into(&mut content_type),
            "x-forwarded-proto" => scheme = Some(value.to_owned()),
            "x-forwarded-host" => host = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let forwarded = scheme.zip(host).map(|(scheme, host)| format!("{scheme}://{host}"));
    Some(Asked { method, path: path.to_owned(), query: query.to_owned(), bearer, content_type, forwarded, body })
}
