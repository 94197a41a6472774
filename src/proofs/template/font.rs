//! The font of the statement of work: DejaVu Sans, cut down to Latin, Greek and Cyrillic letters
//! (`config/fonts`), so that Turkish shows on every machine.

use std::collections::BTreeMap;

use lopdf::{Document, Object, ObjectId, Stream, dictionary};
use ttf_parser::{Face, GlyphId};

use super::TemplateError;

/// The font as a file; `config/fonts/README.md` says how it was made.
const FILE: &[u8] = include_bytes!("../../../config/fonts/DejaVuSans-subset.ttf");
/// What a letter is shown as that the font does not have.
const UNKNOWN: char = '?';
const NAME: &str = "DejaVuSans";

/// The font, and the letters that were used of it.
pub(super) struct Font {
    face: Face<'static>,
    used: BTreeMap<u16, (char, i64)>,
}

impl Font {
    pub fn open() -> Result<Self, TemplateError> {
        Ok(Self { face: Face::parse(FILE, 0)?, used: BTreeMap::new() })
    }

    fn glyph(&self, letter: char) -> GlyphId {
        let found = self.face.glyph_index(letter);
        found.or_else(|| self.face.glyph_index(UNKNOWN)).unwrap_or_default()
    }

    /// In thousandths of the size of the font.
    fn advance(&self, glyph: GlyphId) -> i64 {
        let advance = i64::from(self.face.glyph_hor_advance(glyph).unwrap_or_default());
        advance * 1_000 / i64::from(self.face.units_per_em())
    }

    /// The width of a text in points.
    #[expect(clippy::cast_precision_loss, reason = "a text is never wider than 2^24 thousandths")]
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let thousandths: i64 = text.chars().map(|c| self.advance(self.glyph(c))).sum();
        thousandths as f32 * size / 1_000.0
    }

    /// A text as it is written into a page.
    pub fn encoded(&mut self, text: &str) -> Object {
        let mut bytes = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let glyph = self.glyph(letter);
            let advance = self.advance(glyph);
            self.used.entry(glyph.0).or_insert((letter, advance));
            bytes.extend(glyph.0.to_be_bytes());
        }
        Object::String(bytes, lopdf::StringFormat::Hexadecimal)
    }

    /// Puts the font into a document.
    pub fn embed(self, document: &mut Document) -> ObjectId {
        let scaled = |units: i16| i64::from(units) * 1_000 / i64::from(self.face.units_per_em());
        let length = i64::try_from(FILE.len()).unwrap_or_default();
        let file = Stream::new(dictionary! { "Length1" => length }, FILE.to_vec());
        let file = document.add_object(file);
        let corners = self.face.global_bounding_box();
        let descriptor = document.add_object(dictionary! {
            "Type" => "FontDescriptor",
            "FontName" => NAME,
            "Flags" => 32,
            "FontBBox" => vec![
                scaled(corners.x_min).into(),
                scaled(corners.y_min).into(),
                scaled(corners.x_max).into(),
                scaled(corners.y_max).into(),
            ],
            "ItalicAngle" => 0,
            "Ascent" => scaled(self.face.ascender()),
            "Descent" => scaled(self.face.descender()),
            "CapHeight" => scaled(self.face.capital_height().unwrap_or(self.face.ascender())),
            "StemV" => 80,
            "FontFile2" => file,
        });
        let width = |(glyph, (_, advance)): (&u16, &(char, i64))| -> [Object; 2] {
            [i64::from(*glyph).into(), Object::Array(vec![(*advance).into()])]
        };
        let widths: Vec<Object> = self.used.iter().flat_map(width).collect();
        let letters = document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "CIDFontType2",
            "BaseFont" => NAME,
            "CIDSystemInfo" => dictionary! {
                "Registry" => Object::string_literal("Adobe"),
                "Ordering" => Object::string_literal("Identity"),
                "Supplement" => 0,
            },
            "FontDescriptor" => descriptor,
            "CIDToGIDMap" => "Identity",
            "DW" => 600,
            "W" => widths,
        });
        let text = Stream::new(dictionary! {}, self.to_unicode().into_bytes());
        let text = document.add_object(text);
        document.add_object(dictionary! {
            "Type" => "Font",
            "Subtype" => "Type0",
            "BaseFont" => NAME,
            "Encoding" => "Identity-H",
            "DescendantFonts" => vec![letters.into()],
            "ToUnicode" => text,
        })
    }

    /// What the letters mean, for whoever searches or copies the text.
    fn to_unicode(&self) -> String {
        let mut map = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n\
            /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
            1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
            .to_owned();
        let letters: Vec<_> = self.used.iter().collect();
        // No more than a hundred in one piece.
        for piece in letters.chunks(100) {
            map.push_str(&format!("{} beginbfchar\n", piece.len()));
            for (glyph, (letter, _)) in piece {
                let units: String =
                    letter.encode_utf16(&mut [0; 2]).iter().map(|u| format!("{u:04X}")).collect();
                map.push_str(&format!("<{glyph:04X}> <{units}>\n"));
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}
