//! The template engine as mails need it: strict, and safe with whatever people have written.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, escape_formatter};

use super::TemplateError;
use crate::mail::clean::{escaped, one_line};
use crate::mail::sources::{LAYOUT, Sources};

/// Compiles the templates. Files that end in `.html` escape their values.
pub(super) fn environment(sources: &Sources) -> Result<Environment<'static>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|error| broken(LAYOUT, error))?);
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => {
            // No value can start a line of its own or turn the direction of the text around.
            let line = one_line(text);
            let html = matches!(state.auto_escape(), AutoEscape::Html);
            let written = if html { out.write_str(&escaped(&line)) } else { out.write_str(&line) };
            Ok(written?)
        }
        Some(_) | None => escape_formatter(out, state, value),
    });
    for (name, source) in sources {
        environment
            .add_template_owned(name.clone(), source.text.clone())
            .map_err(|error| with_path(broken(name, error), sources))?;
    }
    Ok(environment)
}

/// An error names the file it is in, which need not be the one that was rendered.
pub(super) fn broken(name: &str, source: minijinja::Error) -> TemplateError {
    let file = source.name().unwrap_or(name).to_owned();
    TemplateError::Template { file, line: source.line().unwrap_or(1), source: Box::new(source) }
}

/// Names the file an operator can open, in place of the template's name.
pub(super) fn with_path(error: TemplateError, sources: &Sources) -> TemplateError {
    match error {
        TemplateError::Template { file, line, source } => {
            let path = sources.get(&file).and_then(|source| source.path.as_ref());
            let file = path.map_or(file, |path| path.display().to_string());
            TemplateError::Template { file, line, source }
        }
        other => other,
    }
}
