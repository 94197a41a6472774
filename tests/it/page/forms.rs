//! Just enough of HTML to fill in a form as a browser does: what is in it, and what it sends.

/// A form of a page.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    controls: Vec<Control>,
}

#[derive(Debug, Clone)]
struct Control {
    name: String,
    kind: String,
    value: String,
    /// Whether it is sent; radio buttons and options only when they are chosen.
    is_sent: bool,
}

impl Form {
    /// Every form of a page.
    pub fn all(html: &str) -> Vec<Self> {
        html.split("<form ")
            .skip(1)
            .map(|rest| Self::read(rest.split("</form>").next().unwrap()))
            .collect()
    }

    /// The only form of a page.
    pub fn only(html: &str) -> Self {
        let mut all = Self::all(html);
        assert_eq!(all.len(), 1, "{html}");
        all.remove(0)
    }

    fn read(html: &str) -> Self {
        let (head, body) = html.split_once('>').unwrap();
        assert_eq!(attribute(head, "method").as_deref(), Some("post"));
        let action = attribute(head, "action").unwrap();
        let (mut controls, mut select) = (Vec::new(), String::new());
        for part in body.split('<') {
            let (tag, text) = part.split_once('>').unwrap_or((part, ""));
            let name = attribute(tag, "name").unwrap_or_default();
            let value = attribute(tag, "value").unwrap_or_default();
            let control = |name, kind: &str, value, is_sent| {
                Some(Control { name, kind: kind.to_owned(), value, is_sent })
            };
            controls.extend(match tag.split_whitespace().next() {
                Some("input") => {
                    let kind = attribute(tag, "type").unwrap();
                    let is_sent = kind != "radio" || tag.contains(" checked");
                    control(name, &kind, value, is_sent)
                }
                Some("textarea") => control(name, "textarea", unescaped(text.trim()), true),
                Some("select") => {
                    select = name;
                    None
                }
                Some("option") => {
                    let first = !controls.iter().any(|known: &Control| known.name == select);
                    control(select.clone(), "option", value, first || tag.contains(" selected"))
                }
                _ => None,
            });
        }
        Self { action, controls }
    }

    /// The names of the groups of radio buttons, and the values of each in their order.
    pub fn choices(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for control in self.controls.iter().filter(|control| control.kind == "radio") {
            match groups.iter_mut().find(|(name, _)| *name == control.name) {
                Some((_, values)) => values.push(control.value.clone()),
                None => groups.push((control.name.clone(), vec![control.value.clone()])),
            }
        }
        groups
    }

    /// Chooses or writes a value; the field has to be there.
    #[track_caller]
    pub fn set(&mut self, name: &str, value: &str) {
        let mut found = false;
        for control in self.controls.iter_mut().filter(|control| control.name == name) {
            if matches!(control.kind.as_str(), "radio" | "option") {
                control.is_sent = control.value == value;
                found |= control.is_sent;
            } else {
                value.clone_into(&mut control.value);
                found = true;
            }
        }
        assert!(found, "no field `{name}` takes `{value}`");
    }

    /// Ticks everything there is, which no browser can.
    pub fn tick_everything(&mut self) {
        self.controls.iter_mut().for_each(|control| control.is_sent = true);
    }

    /// Writes something into every field that can be written into.
    pub fn write_everywhere(&mut self, value: &str) {
        let written =
            |control: &&mut Control| matches!(control.kind.as_str(), "text" | "email" | "textarea");
        self.controls
            .iter_mut()
            .filter(written)
            .for_each(|control| value.clone_into(&mut control.value));
    }

    /// What is sent.
    pub fn fields(&self) -> Vec<(String, String)> {
        let sent = self.controls.iter().filter(|control| control.is_sent);
        sent.map(|control| (control.name.clone(), control.value.clone())).collect()
    }

    /// The value that a field would send.
    pub fn value(&self, name: &str) -> Option<String> {
        self.fields().into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }
}

/// Where all links of a page lead.
pub fn links(html: &str) -> Vec<String> {
    let anchors = html.split("<a ").skip(1);
    anchors.filter_map(|rest| attribute(rest.split('>').next()?, "href")).collect()
}

/// The value of an attribute of a tag.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\"")).map(|at| at + 1);
    let start = start.or_else(|| tag.starts_with(&format!("{name}=\"")).then_some(0))?;
    let value = &tag[start + name.len() + 2..];
    value.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&quot;", "\"");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
