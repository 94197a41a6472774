//! The statement of work for paper: A4, one column of labels and one of what is filled in.

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, ObjectId, Stream, dictionary};

use super::font::Font;
use super::statement::Words;
use super::{Block, TemplateError};

/// A4 in points, its margins, and where the second column begins.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 57.0;
const COLUMN: f32 = 227.0;
/// Sizes of text, and lines in terms of them.
const TITLE: f32 = 18.0;
const HEADING: f32 = 12.0;
const TEXT: f32 = 10.0;
const LEADING: f32 = 1.4;

/// The document as a file.
pub(super) fn write(words: &Words, blocks: &[Block<'_>]) -> Result<Vec<u8>, TemplateError> {
    let mut sheet = Sheet { font: Font::open()?, pages: vec![Vec::new()], y: HEIGHT - MARGIN };
    for block in blocks {
        sheet.draw(block);
    }
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let Sheet { font, pages, .. } = sheet;
    let font = font.embed(&mut document);
    let pages: Vec<Object> = pages
        .into_iter()
        .map(|operations| page(&mut document, tree, font, operations).map(Object::from))
        .collect::<Result<_, _>>()?;
    let count = i64::try_from(pages.len()).unwrap_or_default();
    document.objects.insert(
        tree,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => pages, "Count" => count }),
    );
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog",
        "Pages" => tree,
        "Lang" => Object::string_literal(words.code.as_str()),
        "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
    });
    let info = document.add_object(dictionary! { "Title" => lopdf::text_string(&words.title) });
    document.trailer.set("Root", catalog);
    document.trailer.set("Info", info);
    document.compress();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes)?;
    Ok(bytes)
}

fn page(
    document: &mut Document,
    tree: ObjectId,
    font: ObjectId,
    operations: Vec<Operation>,
) -> Result<ObjectId, TemplateError> {
    let content = Stream::new(dictionary! {}, Content { operations }.encode()?);
    let content = document.add_object(content);
    Ok(document.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => tree,
        "MediaBox" => vec![0.into(), 0.into(), WIDTH.into(), HEIGHT.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "Contents" => content,
    }))
}

/// The pages in the making, and how far down the last one is filled.
struct Sheet {
    font: Font,
    pages: Vec<Vec<Operation>>,
    y: f32,
}

impl Sheet {
    fn draw(&mut self, block: &Block<'_>) {
        match block {
            Block::Title(text) => self.text(text, TITLE, true),
            Block::Heading(text) => {
                self.room_for(HEADING * 5.0);
                self.y -= HEADING;
                self.text(text, HEADING, true);
            }
            Block::Paragraph(text) => self.text(text, TEXT, false),
            Block::Row(label, value) => self.row(label, value, 1),
            Block::Room(label, lines) => self.row(label, "", *lines),
        }
    }

    /// Begins a new page when so much does not fit on this one.
    fn room_for(&mut self, height: f32) {
        if self.y - height < MARGIN {
            self.pages.push(Vec::new());
            self.y = HEIGHT - MARGIN;
        }
    }

    fn text(&mut self, text: &str, size: f32, bold: bool) {
        for line in self.wrapped(text, size, WIDTH - 2.0 * MARGIN) {
            self.room_for(size * LEADING);
            self.y -= size * LEADING;
            self.line(&line, MARGIN, self.y, size, bold);
        }
        self.y -= size * 0.4;
    }

    /// A label and what is filled in, above a thin line.
    fn row(&mut self, label: &str, value: &str, lines: u8) {
        let labels = self.wrapped(label, TEXT, COLUMN - MARGIN - TEXT);
        let values = self.wrapped(value, TEXT, WIDTH - MARGIN - COLUMN);
        let count = labels.len().max(values.len()).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a row has a few dozen lines at most")]
        let height = (count as f32 * TEXT * LEADING).max(f32::from(lines) * TEXT * 1.8) + 6.0;
        self.room_for(height);
        let top = self.y;
        for (texts, x, bold) in [(labels, MARGIN, true), (values, COLUMN, false)] {
            let mut y = top;
            for line in texts {
                y -= TEXT * LEADING;
                self.line(&line, x, y, TEXT, bold);
            }
        }
        self.y = top - height;
        let below = self.y + 1.0;
        self.operate("q", vec![]);
        self.operate("w", vec![0.5.into()]);
        self.operate("G", vec![0.6.into()]);
        self.operate("m", vec![MARGIN.into(), below.into()]);
        self.operate("l", vec![(WIDTH - MARGIN).into(), below.into()]);
        self.operate("S", vec![]);
        self.operate("Q", vec![]);
    }

    /// Bold is the same letter with an outline.
    fn line(&mut self, text: &str, x: f32, y: f32, size: f32, bold: bool) {
        let encoded = self.font.encoded(text);
        self.operate("BT", vec![]);
        self.operate("Tr", vec![(if bold { 2 } else { 0 }).into()]);
        self.operate("w", vec![(size * 0.03).into()]);
        self.operate("Tf", vec!["F1".into(), size.into()]);
        self.operate("Td", vec![x.into(), y.into()]);
        self.operate("Tj", vec![encoded]);
        self.operate("ET", vec![]);
    }

    fn operate(&mut self, operator: &str, operands: Vec<Object>) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Operation::new(operator, operands));
        }
    }

    /// The text in lines that fit; a word that does not fit is broken.
    fn wrapped(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let (mut lines, mut line) = (Vec::new(), String::new());
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.font.width(&longer, size) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.font.width(&line, size) > width {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
