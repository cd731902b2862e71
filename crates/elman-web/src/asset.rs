//! Files that the server serves.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};

/// A file in memory, at a path of the server.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The path in the address, such as `/`.
    pub path: &'static str,
    /// The media type, such as `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// The encoding of `bytes`, such as `gzip`; `None`: the bytes are the file.
    pub encoding: Option<&'static str>,
    /// The body of the answer.
    pub bytes: Cow<'static, [u8]>,
}

impl Asset {
    /// An HTML page in UTF-8.
    pub fn html(path: &'static str, page: &'static str) -> Self {
        let content_type = "text/html; charset=utf-8";
        Self { path, content_type, encoding: None, bytes: Cow::Borrowed(page.as_bytes()) }
    }

    /// The body, which all answers share.
    pub(crate) fn body(&self) -> Bytes {
        match &self.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes.clone()),
        }
    }

    /// The answer to a request.
    pub(crate) fn response(&self, body: Bytes) -> Response<Body> {
        let mut response = Response::new(Body::from(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(encoding) = self.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }
}
