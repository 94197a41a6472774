//! Reading a form with files (RFC 7578) as it arrives, one part after the other: memory holds one
//! piece of it, however long it is.
//!
//! What is in a file is not looked at here, and no part is kept.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use futures_util::{Stream, StreamExt as _, stream};

/// The longest head of a part, in bytes.
const HEAD_MAX: usize = 8 * 1024;

/// A form did not arrive whole, or is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form did not arrive whole")]
pub(super) struct BrokenOff;

/// A form on its way in.
pub(super) struct Multipart {
    body: stream::BoxStream<'static, Result<Bytes, BrokenOff>>,
    buffer: Vec<u8>,
    /// What ends a part.
    delimiter: Vec<u8>,
    is_in_part: bool,
}

/// What a part says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The name of the field.
    pub name: String,
    /// The name of the file, if it is one; empty when none was chosen.
    pub file: Option<String>,
    /// The media type that it is declared to have.
    pub media_type: Option<String>,
}

impl Multipart {
    /// The form in a body; nothing when the headers do not say that it is one.
    pub fn of(headers: &HeaderMap, body: Body) -> Option<Self> {
        let content_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let rest = content_type.strip_prefix("multipart/form-data")?;
        let (_, boundary) = rest.split_once("boundary=")?;
        let boundary = boundary.split(';').next()?.trim().trim_matches('"');
        if boundary.is_empty() || boundary.len() > 70 {
            return None;
        }
        let body = body.into_data_stream().map(|piece| piece.map_err(|_| BrokenOff)).boxed();
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // The first delimiter has nothing before it; what comes before the first part is skipped.
        Some(Self { body, buffer: b"\r\n".to_vec(), delimiter, is_in_part: true })
    }

    /// The next part, if there is another. What was not read of the one before is skipped.
    ///
    /// # Errors
    ///
    /// When the form breaks off, or a part has no head or one that is too long.
    pub async fn next_part(&mut self) -> Result<Option<Head>, BrokenOff> {
        while self.piece().await?.is_some() {}
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if self.buffer.starts_with(b"--") {
            return Ok(None);
        }
        let end = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end;
            }
            if self.buffer.len() > HEAD_MAX {
                return Err(BrokenOff);
            }
            self.fill().await?;
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        self.is_in_part = true;
        head_of(&String::from_utf8_lossy(&head)).map(Some).ok_or(BrokenOff)
    }

    /// A short part as text.
    ///
    /// # Errors
    ///
    /// When the form breaks off, or the part has more than `most` bytes.
    pub async fn text(&mut self, most: usize) -> Result<String, BrokenOff> {
        let mut text = Vec::new();
        while let Some(piece) = self.piece().await? {
            text.extend_from_slice(&piece);
            if text.len() > most {
                return Err(BrokenOff);
            }
        }
        String::from_utf8(text).map_err(|_| BrokenOff)
    }

    /// The bytes of the part, as they come.
    pub fn bytes(&mut self) -> impl Stream<Item = Result<Bytes, BrokenOff>> + Send + Unpin {
        let pieces = stream::unfold(self, async |part| {
            let piece = part.piece().await.transpose()?;
            Some((piece, part))
        });
        Box::pin(pieces)
    }

    /// A piece of the part; nothing at its end.
    async fn piece(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        while self.is_in_part {
            let (whole, ready) = match find(&self.buffer, &self.delimiter) {
                Some(0) => {
                    self.buffer.drain(..self.delimiter.len());
                    self.is_in_part = false;
                    return Ok(None);
                }
                Some(end) => (true, end),
                // The end of what is here may be the beginning of a delimiter.
                None => (false, self.buffer.len().saturating_sub(self.delimiter.len() - 1)),
            };
            if whole || ready > 0 {
                return Ok(Some(self.buffer.drain(..ready).collect::<Vec<u8>>().into()));
            }
            self.fill().await?;
        }
        Ok(None)
    }

    async fn fill(&mut self) -> Result<(), BrokenOff> {
        let piece = self.body.next().await.ok_or(BrokenOff)??;
        self.buffer.extend_from_slice(&piece);
        Ok(())
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn head_of(text: &str) -> Option<Head> {
    let mut head = Head::default();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-type") {
            head.media_type = Some(value.trim().to_owned());
        } else if name.eq_ignore_ascii_case("content-disposition") {
            head.name = parameter(value, "name")?;
            head.file = parameter(value, "filename");
        }
    }
    (!head.name.is_empty()).then_some(head)
}

/// A parameter in quotation marks; browsers write those in it as `%22`.
fn parameter(value: &str, name: &str) -> Option<String> {
    let (_, rest) = value.split_once(&format!("; {name}=\""))?;
    let (found, _) = rest.split_once('"')?;
    Some(found.replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n\
        --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xC5\x9F%22.pdf\"\r\n\
        Content-Type: application/pdf\r\n\r\n%PDF\r\n--y\r\n\r\n--x--\r\n";

    /// The form in pieces of this size.
    fn form(bytes: &'static [u8], size: usize) -> Multipart {
        let pieces = bytes.chunks(size).map(|piece| Ok::<_, BrokenOff>(Bytes::from_static(piece)));
        let body = Body::from_stream(stream::iter(pieces.collect::<Vec<_>>()));
        let headers = [("content-type", "multipart/form-data; boundary=x")];
        let headers = headers.map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap()));
        Multipart::of(&headers.into_iter().collect(), body).unwrap()
    }

    #[tokio::test]
    async fn parts_are_the_same_however_they_arrive() {
        for size in 1..FORM.len() {
            let mut form = form(FORM, size);
            assert_eq!(form.next_part().await.unwrap().unwrap().name, "token");
            assert_eq!(form.text(10).await.unwrap(), "abc");
            let head = form.next_part().await.unwrap().unwrap();
            assert_eq!(head.file.as_deref(), Some("ş\".pdf"));
            assert_eq!(head.media_type.as_deref(), Some("application/pdf"));
            let pieces: Vec<_> = form.bytes().map(Result::unwrap).collect().await;
            assert_eq!(pieces.concat(), b"%PDF\r\n--y\r\n");
            assert_eq!(form.next_part().await, Ok(None));
        }
    }

    #[tokio::test]
    async fn what_was_not_read_is_skipped() {
        let mut form = form(FORM, 7);
        form.next_part().await.unwrap();
        assert_eq!(form.next_part().await.unwrap().unwrap().name, "file");
        assert_eq!(form.next_part().await, Ok(None));
    }

    #[tokio::test]
    async fn a_form_that_breaks_off_or_is_none_is_an_error() {
        for cut in [3, 20, 60, FORM.len() - 20] {
            let mut form = form(&FORM[..cut], 16);
            let read = async {
                while form.next_part().await?.is_some() {}
                Ok::<_, BrokenOff>(())
            };
            assert_eq!(read.await, Err(BrokenOff), "{cut}");
        }
        let mut long = form(FORM, 7);
        long.next_part().await.unwrap();
        assert_eq!(long.text(2).await, Err(BrokenOff));
        assert!(Multipart::of(&HeaderMap::new(), Body::empty()).is_none());
    }
}
