//! Hostile uploads: each is refused with its own reason, and leaves nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::{Site, assert_problem, codes};
use super::{files, files_below};

#[tokio::test]
async fn what_is_not_a_plain_document_is_refused_with_its_reason() {
    let site = Site::open().await;
    let key = site.partner().await;
    let check = async |name: &str, body: Vec<u8>, code: &str| {
        let answer = site.upload(&key, name, "", body).await;
        let problem = assert_problem(&answer, 422, "findings_reported");
        let found: Vec<_> = codes(&problem).into_iter().map(|(_, code)| code).collect();
        assert_eq!(found, [code], "{name}: {problem}");
    };
    let pdf = |more: &str| files::pdf(&format!("7 0 obj\n<<{more}>>\nendobj\n"));
    let docx = |name: &str, body: &[u8]| files::docx(&[(name, body)]);
    let then = |first: Vec<u8>, second: &[u8]| [&first, second].concat();
    let a_zip = files::zip(&[("run.exe", b"MZ")]);

    // What it is, against what it is called.
    check("sow.pdf", Vec::new(), "empty").await;
    check("sow.pdf", b"Just text.".to_vec(), "kind_not_accepted").await;
    check("sow.pdf", b"<html><script>alert(1)</script></html>".to_vec(), "kind_not_accepted").await;
    check("sow.pdf", files::png(), "content_differs").await;
    check("page.png", files::pdf(""), "content_differs").await;
    check("sow.pdf", b"MZ\x90\0\x03\0\0\0".to_vec(), "program").await;
    check("sow.pdf", a_zip.clone(), "archive").await;
    check("sow.docx", a_zip.clone(), "archive").await;
    check("sow.pdf", b"Rar!\x1a\x07\x01\0".to_vec(), "archive").await;
    check("sow.pdf", b"%PDF-1.7\nand no more".to_vec(), "broken").await;

    // Active content.
    check("sow.pdf", pdf("/S/JavaScript/JS(app.alert(1))"), "pdf_script").await;
    check("sow.pdf", pdf("/S/Java#53cript/JS(app.alert(1))"), "pdf_script").await;
    check("sow.pdf", pdf("/S/Launch/F(cmd.exe)"), "pdf_launch").await;
    check("sow.pdf", pdf("/Names<</EmbeddedFiles 9 0 R>>"), "pdf_embedded_file").await;
    check("sow.pdf", pdf("/Type/Filespec/EF<</F 9 0 R>>"), "pdf_embedded_file").await;
    check("sow.pdf", pdf("/Encrypt 9 0 R"), "pdf_encrypted").await;
    check("sow.pdf", files::pdf_packed("<</S/JavaScript/JS(app.alert(1))>>"), "pdf_script").await;
    let otherwise = pdf("/Type/ObjStm/N 1/First 4/Filter/ASCII85Decode/Length 4>>\nstream\nabc~>");
    check("sow.pdf", otherwise, "pdf_unreadable").await;
    check("sow.docx", docx("word/vbaProject.bin", b"macros"), "docx_macros").await;
    check("sow.docx", docx("word/embeddings/oleObject1.bin", b"ole"), "docx_embedded_object").await;
    check("sow.docx", docx("word/media/image1.png", b"MZ\x90"), "docx_embedded_object").await;
    let relationships = "word/_rels/document.xml.rels";
    let template = files::external("attachedTemplate", "https://evil.example/t.dotm");
    check("sow.docx", docx(relationships, &template), "docx_external_content").await;
    let hidden = files::external("oleObject", "x\" Id2=\"/relationships/hyperlink");
    check("sow.docx", docx(relationships, &hidden), "docx_external_content").await;
    let ole = files::external("oleObject", "file://evil.example/share/x");
    check("sow.docx", docx(relationships, &ole), "docx_external_content").await;
    check("yes.msg", files::msg(&["sow.pdf", "run.exe"]), "attachment_not_accepted").await;
    check("yes.msg", files::compound("WordDocument", &[]), "kind_not_accepted").await;
    check("yes.eml", files::eml("run.js"), "attachment_not_accepted").await;
    check("yes.eml", files::eml("all.zip"), "attachment_not_accepted").await;
    for named in [
        "filename*=utf-8''run%2Eexe",
        "filename=\"=?utf-8?B?cnVuLmV4ZQ==?=\"",
        "filename*0=\"run.\";\r\n filename*1=\"exe\"",
    ] {
        check("yes.eml", files::eml_with(named, "JVBERi0x"), "attachment_not_accepted").await;
    }
    let program = files::eml_with("filename=\"sow.pdf\"", "TVqQAAMAAAAEAAAA");
    check("yes.eml", program, "attachment_not_accepted").await;

    // Two things at once, bombs, and archives with tricks in them.
    check("sow.pdf", then(files::pdf(""), &a_zip), "two_files_in_one").await;
    check("page.jpg", then(files::jpeg(), &a_zip), "two_files_in_one").await;
    check("page.png", then(files::png(), b"MZ\x90"), "trailing_data").await;
    check("page.jpg", then(files::jpeg(), &files::jpeg()), "trailing_data").await;
    check("page.png", then(files::png(), b"%PDF-1.7"), "two_files_in_one").await;
    check("sow.docx", then(files::docx(&[]), b"%%EOF"), "two_files_in_one").await;
    check("sow.docx", docx("word/bomb.xml", &vec![b' '; 20_000_000]), "docx_bomb").await;
    check("sow.docx", docx("../../evil.xml", b"<x/>"), "docx_unsafe_path").await;
    let entities = b"<!DOCTYPE x [<!ENTITY a \"b\">]><Relationships/>";
    check("sow.docx", docx(relationships, entities), "broken").await;

    // Names: the rule itself is tested where it is written.
    for (name, code) in [
        ("../sow.pdf", "name_has_path"),
        ("so\0w.pdf", "name_unsafe"),
        ("sow\u{202e}fdp.pdf", "name_unsafe"),
        ("NUL.pdf", "name_is_device"),
        ("sow.exe", "ending_not_accepted"),
        ("", "name_missing"),
    ] {
        check(name, files::pdf(""), code).await;
    }
    let declared = site.upload(&key, "sow.pdf", "text/html", files::pdf("")).await;
    let problem = assert_problem(&declared, 422, "findings_reported");
    assert_eq!(codes(&problem), [("content_type", "type_differs")]);
    assert!(site.kept().is_empty(), "{:?}", site.kept());
}

/// What is common is no malice.
#[tokio::test]
async fn what_people_send_is_not_taken_for_malice() {
    let site = Site::open().await;
    let key = site.partner().await;
    let check = async |name: &str, body: Vec<u8>| {
        let answer = site.upload(&key, name, "", body).await;
        assert_eq!(answer.status, 201, "{name}: {}", answer.text());
    };
    let link = files::external("hyperlink", "https://partner.example/");
    check("link.docx", files::docx(&[("word/_rels/document.xml.rels", &link)])).await;
    check("packed.pdf", files::pdf_packed("<</Type/Font>>")).await;
    check("links.pdf", files::pdf("7 0 obj\n<</S/URI/URI(https://partner.example)>>\nendobj\n"))
        .await;
    check("padded.jpg", [files::jpeg(), vec![0; 512]].concat()).await;
    check("turkish.eml", files::eml_with("filename=\"=?utf-8?B?xLHFny5wZGY=?=\"", "JVBERi0x"))
        .await;
    check("several.msg", files::msg(&["sow.pdf", "bir imzalı iş bildirimi daha.docx"])).await;
}

/// An upload of a server that is not waited for: its head, and as much of its body as is taken.
async fn begin(site: &Site, key: &str, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(site.http.address()).await.unwrap();
    let head = format!(
        "POST /v1/documents?name=sow.pdf HTTP/1.1\r\nHost: cpor\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/pdf\r\n{head}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut text = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut text)).await;
    String::from_utf8_lossy(&text[..read.unwrap().unwrap()]).into_owned()
}

#[tokio::test]
async fn a_stream_without_end_is_refused_as_soon_as_the_limit_is_passed() {
    let site = Site::configured(&[("documents.bytes_max", "1000000")]).await;
    let key = site.partner().await;
    let ten_gigabytes = "Content-Length: 10000000000";
    let mut announced = begin(&site, &key, ten_gigabytes).await;
    assert!(answer(&mut announced).await.starts_with("HTTP/1.1 413 "));

    let unannounced = begin(&site, &key, "Transfer-Encoding: chunked").await;
    let piece = [b"10000\r\n".as_slice(), &vec![b'x'; 0x10000], b"\r\n"].concat();
    let mut sent = 0_u64;
    while sent < 10_000_000_000 {
        tokio::select! {
            biased;
            ready = unannounced.readable() => { ready.unwrap(); break }
            written = unannounced.writable() => {
                written.unwrap();
                match unannounced.try_write(&piece) {
                    Ok(written) => sent += written as u64,
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
        }
    }
    // What was sent beyond the limit is what lies in the buffers between us.
    assert!(sent < 50_000_000, "{sent} bytes were taken");
    assert!(site.kept().is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_dawdles_leaves_nothing() {
    let site = Site::configured(&[("documents.silence_seconds", "1")]).await;
    let key = site.partner().await;
    let folder = site.world.settings().data.directory.clone();
    let before = files_below(&folder);
    let whole = files::pdf("");
    let length = format!("Content-Length: {}", whole.len());

    let mut silent = begin(&site, &key, &length).await;
    silent.write_all(&whole[..whole.len() / 2]).await.unwrap();
    assert!(answer(&mut silent).await.starts_with("HTTP/1.1 408 "));

    let mut broken = begin(&site, &key, &length).await;
    broken.write_all(&whole[..whole.len() / 2]).await.unwrap();
    broken.shutdown().await.unwrap();
    // The server closes when it has seen that no more will come.
    let _ = answer(&mut broken).await;
    assert_eq!(files_below(&folder), before);
    let listed = site.http.get_as(&key, "/v1/documents").await.json();
    assert_eq!(listed["documents"].as_array().unwrap().len(), 0);
}
