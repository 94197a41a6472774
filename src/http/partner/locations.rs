//! The locations of the visitor's organization: which there are, in which programs each is
//! enrolled, and for which one the visitor acts.
//!
//! Whoever has an account at one location of an organization may act for each of them, and for one
//! at a time: claims, drafts and documents stay those of one location. What belongs together only
//! the directory's registry says, at every request; an API key stays at its own location.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Serialize;

use crate::claim::identity::MpnId;
use crate::claim::program::Program;
use crate::directory::{Location, Registered};
use crate::http::problem::Problem;
use crate::http::route::Route;
use crate::http::signed::{Site, see_other, set_cookie, with_cookie};

use super::frame::{Act, Page, Section, Visit};
use super::{HOME, PEOPLE};

const PATH: &str = "/partner/location";

pub(super) fn routes() -> Vec<Route> {
    let (show_id, act_id) = ("show_partner_locations", "act_for_location");
    vec![
        Route::new(Method::GET, PATH, show_id, "The locations of an organization", show)
            .signed_in(PEOPLE),
        Route::new(Method::POST, PATH, act_id, "Act for a location", act).signed_in(PEOPLE),
    ]
}

/// A location on a page.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    mpn_id: String,
    /// What it is called, and where it is; nothing where the registry does not know it.
    name: Option<String>,
    place: String,
    /// The programs in which it is enrolled.
    programs: Vec<String>,
    is_active: bool,
    is_home: bool,
    /// Whether the visitor may act for it.
    is_open: bool,
}

/// All locations that the visitor can see.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    organization: Option<String>,
    /// The key of the words, in the table `location`, for why there are no others.
    alone: Option<&'static str>,
    rows: Vec<Row>,
    /// The one for which the visitor acts.
    chosen: String,
    /// That what was chosen could not be.
    is_refused: bool,
}

/// The locations of the visitor's organization; the visitor's own alone, where nothing is known.
pub(super) async fn listed(visit: &Visit) -> Result<Listed, Problem> {
    let own = visit.partner()?;
    let (organization, alone, rows) = match visit.web.directory.registered(own).await {
        Registered::Of(known) => {
            let rows = known.locations.iter().map(|one| of_location(visit, one)).collect();
            let alone = visit.session.caller.is_by_key().then_some("by_key");
            (Some(known.name.as_str().to_owned()), alone, rows)
        }
        Registered::Unknown => (None, Some("unknown"), vec![bare(visit, own)]),
        Registered::NoRegistry => (None, Some("none"), vec![bare(visit, own)]),
    };
    Ok(Listed { organization, alone, rows, chosen: own.to_string(), is_refused: false })
}

/// One location, whether or not the registry knows it.
pub(super) async fn row_of(visit: &Visit, mpn_id: &MpnId) -> Row {
    match visit.web.directory.registered(mpn_id).await {
        Registered::Of(known) => known.location(mpn_id).map(|one| of_location(visit, one)),
        Registered::Unknown | Registered::NoRegistry => None,
    }
    .unwrap_or_else(|| bare(visit, mpn_id))
}

impl Row {
    /// The location on one line.
    pub fn said(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("{name}, {} ", self.place));
        format!("{}{}", name.unwrap_or_default(), self.mpn_id)
    }
}

fn of_location(visit: &Visit, location: &Location) -> Row {
    let catalog = &visit.web.ledger.rules().catalog;
    let programs = location.programs.iter().map(|one| catalog.program_name(*one).to_owned());
    let is_own = visit.session.caller.authority.mpn_id() == Some(&location.mpn_id);
    Row {
        name: Some(location.name.as_str().to_owned()),
        place: format!("{} ({})", location.city.as_str(), location.country.as_str()),
        programs: programs.collect(),
        is_active: location.is_active,
        is_open: is_own || (location.is_active && !visit.session.caller.is_by_key()),
        ..bare(visit, &location.mpn_id)
    }
}

fn bare(visit: &Visit, mpn_id: &MpnId) -> Row {
    Row {
        mpn_id: mpn_id.to_string(),
        name: None,
        place: String::new(),
        programs: Vec::new(),
        is_active: true,
        is_home: visit.session.person().authority.mpn_id() == Some(mpn_id),
        is_open: true,
    }
}

/// The location that a form names, if the visitor may act for it: the one that it acts for anyway,
/// or an active one of the same organization. Any other is nobody's business here.
pub(super) async fn wanted(act: &Act) -> Result<Option<MpnId>, Problem> {
    let (visit, own) = (&act.visit, act.visit.partner()?);
    let said = act.fields.text("mpn_id");
    if said.is_empty() || said == own.as_str() {
        return Ok(Some(own.clone()));
    }
    let listed = listed(visit).await?;
    let is_open = listed.rows.iter().any(|row| row.mpn_id == said && row.is_open);
    Ok(MpnId::parse(&said).ok().filter(|_| is_open))
}

/// Lets the browser go on at a page as somebody who acts for this location.
pub(super) fn go_on(visit: &Visit, at: &MpnId, path: &str) -> Result<Response, Problem> {
    let answer = see_other(path);
    if visit.partner()? == at {
        return Ok(answer);
    }
    let session = visit.web.sessions.moved(&visit.session, at);
    Ok(with_cookie(answer, set_cookie(&visit.web, Site::Partner, Some(&session))))
}

/// What keeps a claim of this location from being right: a key in the table `location`.
pub(super) async fn hindrance(
    visit: &Visit,
    mpn_id: &MpnId,
    programs: &[Program],
) -> Option<&'static str> {
    let known = match visit.web.directory.registered(mpn_id).await {
        Registered::NoRegistry => return None,
        Registered::Unknown => return Some("unknown"),
        Registered::Of(known) => known,
    };
    match known.location(mpn_id) {
        None => Some("unknown"),
        Some(location) if !location.is_active => Some("is_inactive"),
        Some(location) => {
            let is_fine = programs.iter().all(|program| location.is_enrolled_in(*program));
            (!is_fine).then_some("is_not_enrolled")
        }
    }
}

async fn show(visit: Visit) -> Result<Response, Problem> {
    let view = listed(&visit).await?;
    visit.reply(&Page { file: "location.html", section: Section::None, view })
}

async fn act(act: Act) -> Result<Response, Problem> {
    match wanted(&act).await? {
        Some(mpn_id) => go_on(&act.visit, &mpn_id, &format!("{HOME}/associations")),
        None => {
            let view = refused(&act.visit).await?;
            let page = Page { file: "location.html", section: Section::None, view };
            act.visit.reply_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// The locations again, after one that could not be chosen.
pub(super) async fn refused(visit: &Visit) -> Result<Listed, Problem> {
    Ok(Listed { is_refused: true, ..listed(visit).await? })
}
