//! The statement of work for Word: the few parts that a document has to have.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::statement::Words;
use super::{Block, TemplateError};

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const CONTENT_TYPES: &str = "<Types \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"rels\" \
    ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
    <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-\
    officedocument.wordprocessingml.document.main+xml\"/></Types>";
const RELATIONSHIPS: &str = "<Relationships \
    xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
    relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// A4 with margins of 2 cm, in twentieths of a point.
const PAGE: &str = "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
    <w:pgMar w:top=\"1134\" w:right=\"1134\" w:bottom=\"1134\" w:left=\"1134\" \
    w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr>";
/// Widths of the columns of labels and of what is filled in.
const COLUMNS: [u32; 2] = [3_400, 6_238];

/// The document as a file.
pub(super) fn write(words: &Words, blocks: &[Block<'_>]) -> Result<Vec<u8>, TemplateError> {
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONSHIPS.to_owned()),
        ("word/document.xml", document(words, blocks)),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, xml) in parts {
        writer.start_file(name, SimpleFileOptions::default())?;
        writer.write_all(XML.as_bytes())?;
        writer.write_all(xml.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}

fn document(words: &Words, blocks: &[Block<'_>]) -> String {
    let mut xml = format!("<w:document xmlns:w=\"{NAMESPACE}\"><w:body>");
    let mut in_table = false;
    for block in blocks {
        let is_row = matches!(block, Block::Row(..) | Block::Room(..));
        if is_row != in_table {
            xml.push_str(if is_row { TABLE } else { "</w:tbl>" });
            in_table = is_row;
        }
        match block {
            Block::Title(text) => xml.push_str(&paragraph(text, words, 36, true)),
            Block::Heading(text) => xml.push_str(&paragraph(text, words, 24, true)),
            Block::Paragraph(text) => xml.push_str(&paragraph(text, words, 21, false)),
            Block::Row(label, value) => xml.push_str(&row(label, value, 1, words)),
            Block::Room(label, lines) => xml.push_str(&row(label, "", *lines, words)),
        }
    }
    if in_table {
        xml.push_str("</w:tbl>");
    }
    // A table at the end has to be followed by a paragraph.
    xml.push_str("<w:p/>");
    xml.push_str(PAGE);
    xml.push_str("</w:body></w:document>");
    xml
}

const TABLE: &str = "<w:tbl><w:tblPr><w:tblW w:w=\"9638\" w:type=\"dxa\"/><w:tblBorders>\
    <w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/>\
    <w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"999999\"/></w:tblBorders></w:tblPr>\
    <w:tblGrid><w:gridCol w:w=\"3400\"/><w:gridCol w:w=\"6238\"/></w:tblGrid>";

fn row(label: &str, value: &str, lines: u8, words: &Words) -> String {
    let height = 360 * u32::from(lines);
    let mut xml = format!("<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"{height}\"/></w:trPr>");
    for (width, text, bold) in [(COLUMNS[0], label, true), (COLUMNS[1], value, false)] {
        let cell = paragraph(text, words, 21, bold);
        let _ = write!(
            xml,
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{cell}</w:tc>"
        );
    }
    xml + "</w:tr>"
}

/// Text of a size in half points.
fn paragraph(text: &str, words: &Words, size: u32, bold: bool) -> String {
    let bold = if bold { "<w:b/>" } else { "" };
    let language = if words.code == "tr" { "tr-TR" } else { "en-US" };
    format!(
        "<w:p><w:pPr><w:spacing w:before=\"80\" w:after=\"80\"/></w:pPr><w:r><w:rPr>\
         <w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\" w:cs=\"Arial\"/>{bold}\
         <w:sz w:val=\"{size}\"/><w:lang w:val=\"{language}\"/></w:rPr>\
         <w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escaped(text)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
