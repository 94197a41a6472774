//! Files that people send: real ones, as small as they get.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A PDF of one page, with `more` among its objects.
pub fn pdf(more: &str) -> Vec<u8> {
    let mut text = "%PDF-1.7\n".to_owned();
    let mut offsets = Vec::new();
    let stream = "BT /F1 12 Tf 72 720 Td (Statement of work) Tj ET";
    let contents = format!("<</Length {}>>\nstream\n{stream}\nendstream", stream.len());
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>",
        &contents,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ];
    for (index, object) in objects.iter().enumerate() {
        offsets.push(text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    text.push_str(more);
    let table = text.len();
    let _ = write!(text, "xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        let _ = writeln!(text, "{offset:010} 00000 n ");
    }
    let _ = write!(text, "trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
    text.into_bytes()
}

/// A PDF with this in a packed stream of objects.
pub fn pdf_packed(objects: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(format!("9 0 10 40 {objects}").as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let head = format!(
        "8 0 obj\n<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length {}>>\nstream\r\n",
        packed.len()
    );
    let plain = pdf("");
    let at = plain.windows(5).position(|five| five == b"xref\n").unwrap();
    [&plain[..at], head.as_bytes(), &packed, b"\nendstream\nendobj\n", &plain[at..]].concat()
}

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default \
    Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-\
    officedocument.wordprocessingml.document.main+xml\"/></Types>";
const RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship \
    Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
    officeDocument\" Target=\"word/document.xml\"/></Relationships>";
const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document \
    xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r>\
    <w:t>Statement of work</w:t></w:r></w:p></w:body></w:document>";

/// A document of Word with further parts.
pub fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", RELATIONSHIPS.as_bytes()),
        ("word/document.xml", DOCUMENT.as_bytes()),
    ];
    zip(&[&parts, more].concat())
}

/// The relationships of a document, with one of this type to this target outside of it.
pub fn external(kind: &str, target: &str) -> Vec<u8> {
    let found = format!(
        "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
         relationships/{kind}\" Target=\"{target}\" TargetMode=\"External\"/></Relationships>"
    );
    RELATIONSHIPS.replace("</Relationships>", &found).into_bytes()
}

/// An archive with these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A picture of one point.
pub fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[0, 0]).unwrap();
    let data = encoder.finish().unwrap();
    for (kind, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &data), (b"IEND", &[])] {
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(kind);
        bytes.extend(data);
        let mut sum = flate2::Crc::new();
        sum.update(kind);
        sum.update(data);
        bytes.extend(sum.sum().to_be_bytes());
    }
    bytes
}

/// A picture as cameras make them: segments, coded data with an escaped marker, and its end.
pub fn jpeg() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
    bytes.extend(b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    bytes.extend([0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]);
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0]);
    bytes.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]);
    bytes
}

/// A mail of Outlook with attachments of these names, and nothing in them.
pub fn msg(attached: &[&str]) -> Vec<u8> {
    compound("__properties_version1.0", attached)
}

/// A compound file whose first stream has this name.
pub fn compound(first: &str, attached: &[&str]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let entry = |name: &str, kind: u8, start: u32, size: u64| {
        let mut entry = [0_u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        let length = u16::try_from(name.encode_utf16().count() * 2 + 2).unwrap();
        entry[64..66].copy_from_slice(&length.to_le_bytes());
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..128].copy_from_slice(&size.to_le_bytes());
        entry
    };
    // Sectors: 0 the table, 1 and 2 the directory, 3 the table of the small stream, 4 the latter.
    let (mut directory, mut small, mut chain) = (Vec::new(), Vec::new(), Vec::new());
    for name in attached {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let start = u32::try_from(small.len() / 64).unwrap();
        directory.push(entry("__substg1.0_3707001F", 2, start, units.len() as u64));
        small.extend(&units);
        let next = small.len().div_ceil(64) * 64;
        small.resize(next, 0);
        while chain.len() + 1 < next / 64 {
            chain.push(u32::try_from(chain.len() + 1).unwrap());
        }
        chain.push(END);
    }
    directory.insert(0, entry(first, 2, END, 0));
    directory.insert(0, entry("Root Entry", 5, 4, small.len() as u64));
    assert!(directory.len() <= 8 && small.len() <= 512, "too much for so small a file");
    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    header[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    for (at, number) in [(44, 1), (48, 1), (56, 4_096), (60, 3), (64, 1), (68, END)] {
        header[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
    }
    header[76..].fill(0xff);
    header[76..80].copy_from_slice(&[0; 4]);
    let table = |numbers: &[u32]| {
        let all = numbers.iter().copied().chain(std::iter::repeat(FREE)).take(128);
        all.flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
    };
    let mut directory = directory.concat();
    directory.resize(1_024, 0);
    small.resize(512, 0);
    let fat = table(&[0xffff_fffd, 2, END, END, END]);
    [header, fat, directory, table(&chain), small].concat()
}

/// A mail with an attachment of this name.
pub fn eml(attached: &str) -> Vec<u8> {
    eml_with(&format!("filename=\"{attached}\""), "JVBERi0xLjcK")
}

/// A mail with an attachment that is named like this and has this in it, in base64.
pub fn eml_with(named: &str, base64: &str) -> Vec<u8> {
    format!(
        "Return-Path: <mert.kaya@anadoluelektrik.com.tr>\r\nFrom: Mert Kaya \
         <mert.kaya@anadoluelektrik.com.tr>\r\nTo: Ece <ece@partner.example>\r\nSubject: We \
         agree\r\nDate: Fri, 20 Nov 2026 15:00:00 +0300\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/mixed;\r\n boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe \
         work was done: all of it.\r\n--b\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n \
         {named}\r\n\r\n{base64}\r\n--b--\r\n"
    )
    .into_bytes()
}
