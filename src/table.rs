//! Lines of CSV (RFC 4180) by the names of their columns, for whoever reads files of people.
//!
//! Line by line, so that memory does not grow and every line has its number; a cell therefore has
//! no line end in it. What a cell means is not known here.

use crate::claim::Finding;

/// Where the wanted columns stand in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    delimiter: u8,
    /// How many cells a line has.
    width: usize,
    /// The place of each wanted column, in the order in which they are wanted.
    places: Vec<usize>,
}

impl Columns {
    /// Reads the first line, which names the columns, in any order. Cells are separated by commas
    /// or, as spreadsheets of many countries write them, by semicolons.
    ///
    /// # Errors
    ///
    /// `columns` when one is missing, unknown or there twice.
    pub fn named(line: &[u8], wanted: &[&str]) -> Result<Self, Finding> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let delimiter = if line.contains(&b';') { b';' } else { b',' };
        let wrong = |what: String| {
            let message = format!("{what} The first line names the columns: {}.", wanted.join(","));
            Finding::new(Finding::WHOLE, "columns", message)
        };
        let names = cells(line, delimiter).map_err(|finding| wrong(finding.message))?;
        if let Some(name) = names.iter().find(|name| !wanted.contains(&name.as_str())) {
            let name: String = name.chars().take(80).collect();
            return Err(wrong(format!("There is no column `{name}`.")));
        }
        let place = |wanted: &&str| {
            let mut found = names.iter().enumerate().filter(|(_, name)| name == wanted);
            match (found.next(), found.next()) {
                (Some((place, _)), None) => Ok(place),
                (Some(_), Some(_)) => Err(wrong(format!("The column `{wanted}` is there twice."))),
                (None, _) => Err(wrong(format!("The column `{wanted}` is missing."))),
            }
        };
        let places = wanted.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { delimiter, width: names.len(), places })
    }

    /// The cells of a line without spaces around them, in the order of the wanted columns.
    ///
    /// # Errors
    ///
    /// `line_malformed` when the line is not UTF-8, or has not as many cells as there are columns.
    pub fn cells(&self, line: &[u8]) -> Result<Vec<String>, Finding> {
        let cells = cells(line, self.delimiter)?;
        if cells.len() != self.width {
            let (found, wanted) = (cells.len(), self.width);
            let message = format!("The line has {found} cells, and there are {wanted} columns.");
            return Err(malformed(message));
        }
        Ok(self.places.iter().map(|place| cells[*place].clone()).collect())
    }
}

fn cells(line: &[u8], delimiter: u8) -> Result<Vec<String>, Finding> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).delimiter(delimiter).from_reader(line);
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => Ok(record.iter().map(|cell| cell.trim().to_owned()).collect()),
        Err(_) => Err(malformed("The line is not UTF-8; save the file as UTF-8.")),
    }
}

fn malformed(message: impl Into<String>) -> Finding {
    Finding::new(Finding::WHOLE, "line_malformed", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(header: &str, line: &str) -> Result<Vec<String>, String> {
        let code = |finding: Finding| format!("{}: {}", finding.code, finding.message);
        let columns = Columns::named(header.as_bytes(), &["a", "b"]).map_err(code)?;
        columns.cells(line.as_bytes()).map_err(code)
    }

    #[test]
    fn columns_are_found_by_name_whatever_their_order_and_separator() {
        for (header, line) in [
            ("a,b", "1,2"),
            ("b,a", "2,1"),
            ("\u{feff}a;b\r", "1; 2 \r"),
            ("\"a\",\"b\"", "\"1\",\"2\""),
        ] {
            assert_eq!(found(header, line), Ok(vec!["1".into(), "2".into()]), "{header}");
        }
        assert_eq!(found("a,b", "\"x, y\","), Ok(vec!["x, y".into(), String::new()]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (header, line, said) in [
            ("a", "1", "`b` is missing"),
            ("a,b,c", "1,2,3", "no column `c`"),
            ("a,b,a", "1,2,3", "`a` is there twice"),
            ("a,b", "1", "1 cells, and there are 2 columns"),
            ("a,b", "1,2,3", "3 cells"),
        ] {
            let wrong = found(header, line).unwrap_err();
            assert!(wrong.contains(said), "{header}: {wrong}");
        }
        assert!(Columns::named(b"a,b", &["a", "b"]).unwrap().cells(b"1,\xff").is_err());
    }
}
