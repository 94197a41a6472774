//! What a test expects of a claim, in sentences.
//!
//! Whoever expects something that is not so reads what was expected, what was found, and the
//! timeline of the world. Nothing here waits for anything: a world settles whenever something is
//! done to it.

mod expected;
mod found;

use std::future::IntoFuture;
use std::panic::Location;
use std::pin::Pin;

use crate::claim::state::EndReason;
use crate::claim::{ClaimId, Event, Status};
use crate::mail::MailKind;
use crate::testkit::World;
use crate::testkit::world::instant;
use expected::{Expected, Times};
use found::Found;

/// What is expected of one claim, checked all at once by `.await`; made by [`World::expect`].
///
/// Every method adds one expectation. A test that fails panics with the place in the test at which
/// each unmet one stands, what was expected, what was found, and the timeline.
///
/// ```
/// # use cpor::testkit::{World, a_claim};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let world = World::starting("2026-11-20T15:00:00Z").await;
/// let claim = world.submit(a_claim()).await;
/// world
///     .expect(claim)
///     .notified_until("2026-11-27T21:00:00Z")
///     .has_been_mailed("notice")
///     .has_no_event("customer_reminded")
///     .sees_no_usage_data()
///     .await;
/// # world.finish().await;
/// # }
/// ```
#[must_use = "expectations are checked when they are awaited"]
pub struct Expectation<'a> {
    world: &'a World,
    id: ClaimId,
    all: Vec<(Expected, &'static Location<'static>)>,
    here: &'static Location<'static>,
}

impl<'a> Expectation<'a> {
    #[track_caller]
    pub(super) fn of(world: &'a World, id: ClaimId) -> Self {
        Self { world, id, all: Vec::new(), here: Location::caller() }
    }

    #[track_caller]
    fn and(mut self, expected: Expected) -> Self {
        self.all.push((expected, Location::caller()));
        self
    }

    /// The claim stands here.
    #[track_caller]
    pub fn has_status(self, status: Status) -> Self {
        self.and(Expected::Status(status))
    }

    /// The claim is accepted and waits to be validated.
    #[track_caller]
    pub fn submitted(self) -> Self {
        self.has_status(Status::Submitted)
    }

    /// The claim is right, and the notice is still on its way to the customer.
    #[track_caller]
    pub fn validated(self) -> Self {
        self.has_status(Status::Validated)
    }

    /// The customer knows of the claim and may reject it.
    #[track_caller]
    pub fn notified(self) -> Self {
        self.has_status(Status::Notified)
    }

    /// The customer may reject the claim before this instant (RFC 3339), and not at it.
    #[track_caller]
    pub fn notified_until(self, at: &str) -> Self {
        self.notified().closing_at(at)
    }

    /// The window of the claim ends at this instant (RFC 3339): an open one, or the one that has
    /// made the claim official.
    #[track_caller]
    pub fn closing_at(self, at: &str) -> Self {
        self.and(Expected::Closing(instant(at)))
    }

    /// The claim is official.
    #[track_caller]
    pub fn associated(self) -> Self {
        self.has_status(Status::Associated)
    }

    /// The claim is official since this instant (RFC 3339), however late anybody noticed.
    #[track_caller]
    pub fn associated_at(self, at: &str) -> Self {
        self.and(Expected::Associated(instant(at)))
    }

    /// The customer said no in time.
    #[track_caller]
    pub fn rejected(self) -> Self {
        self.has_status(Status::Rejected)
    }

    /// The customer's no was received at this instant (RFC 3339), in time.
    #[track_caller]
    pub fn rejected_at(self, at: &str) -> Self {
        self.and(Expected::Rejected(instant(at)))
    }

    /// The partner took the claim back before it was official.
    #[track_caller]
    pub fn withdrawn(self) -> Self {
        self.has_status(Status::Withdrawn)
    }

    /// The association is over for this reason, such as `customer_withdrew`.
    ///
    /// # Panics
    ///
    /// When there is no such reason.
    #[track_caller]
    pub fn ended_because(self, reason: &str) -> Self {
        let known: Result<EndReason, _> = serde_json::from_value(reason.into());
        let reason = known.unwrap_or_else(|error| panic!("associations end for reasons: {error}"));
        self.and(Expected::Ended(reason))
    }

    /// The rules refused the claim; this is the code or the field of a finding, such as
    /// `duplicate`.
    #[track_caller]
    pub fn disqualified_for(self, finding: &str) -> Self {
        self.has_status(Status::Disqualified).and(Expected::Finding(finding.to_owned()))
    }

    /// The partner has something to put right; this is the code or the field of a finding, such as
    /// `customer.domain`.
    #[track_caller]
    pub fn action_required_for(self, finding: &str) -> Self {
        self.has_status(Status::ActionRequired).and(Expected::Finding(finding.to_owned()))
    }

    /// These and no other findings stand against the claim, by their codes, in this order.
    #[track_caller]
    pub fn has_findings<'f>(self, codes: impl IntoIterator<Item = &'f str>) -> Self {
        self.and(Expected::Findings(codes.into_iter().map(str::to_owned).collect()))
    }

    /// Another partner holds or claims an item of the claim.
    #[track_caller]
    pub fn contested(self) -> Self {
        self.has_status(Status::Contested)
    }

    /// The whole history of the claim, by the names of its events.
    ///
    /// # Panics
    ///
    /// When there is no event of such a name.
    #[track_caller]
    pub fn has_events<'e>(self, names: impl IntoIterator<Item = &'e str>) -> Self {
        self.and(Expected::Events(names.into_iter().map(known_event).collect()))
    }

    /// The event is in the history of the claim.
    ///
    /// # Panics
    ///
    /// When there is no event of such a name.
    #[track_caller]
    pub fn has_event(self, name: &str) -> Self {
        self.and(Expected::Event(known_event(name), Times::AtLeastOnce))
    }

    /// The event is in the history of the claim so many times.
    ///
    /// # Panics
    ///
    /// When there is no event of such a name.
    #[track_caller]
    pub fn has_event_times(self, name: &str, times: usize) -> Self {
        self.and(Expected::Event(known_event(name), Times::Exactly(times)))
    }

    /// The event is not in the history of the claim.
    ///
    /// # Panics
    ///
    /// When there is no event of such a name.
    #[track_caller]
    pub fn has_no_event(self, name: &str) -> Self {
        self.has_event_times(name, 0)
    }

    /// A mail of this kind came in about the claim: `notice`, `reminder`, `receipt`, or
    /// `partner_result`.
    ///
    /// # Panics
    ///
    /// When there is no such kind of mail.
    #[track_caller]
    pub fn has_been_mailed(self, kind: &str) -> Self {
        self.and(Expected::Mailed(known_kind(kind), Times::AtLeastOnce))
    }

    /// No mail of this kind came in about the claim.
    ///
    /// # Panics
    ///
    /// When there is no such kind of mail.
    #[track_caller]
    pub fn has_not_been_mailed(self, kind: &str) -> Self {
        self.and(Expected::Mailed(known_kind(kind), Times::Exactly(0)))
    }

    /// So many mails about the claim came in for this address.
    #[track_caller]
    pub fn mails_to(self, address: &str, times: usize) -> Self {
        self.and(Expected::MailsTo(address.to_owned(), Times::Exactly(times)))
    }

    /// The partner of the claim sees the usage data of all its items, because of this claim.
    #[track_caller]
    pub fn sees_usage_data(self) -> Self {
        self.and(Expected::UsageData(true))
    }

    /// The partner of the claim sees the usage data of none of its items.
    #[track_caller]
    pub fn sees_no_usage_data(self) -> Self {
        self.and(Expected::UsageData(false))
    }

    async fn check(self) {
        let Self { world, id, all, here } = &self;
        let found = match Found::read(world, *id).await {
            Ok(found) => found,
            Err(why) => self.fail(&format!("{here}: {why}")).await,
        };
        let unmet: Vec<String> = all
            .iter()
            .filter_map(|(expected, place)| Some((place, expected.unmet(&found)?)))
            .map(|(place, found)| format!("{place}:\n{found}"))
            .collect();
        if !unmet.is_empty() {
            let claim = format!("claim \"{}\" {id} is not as expected", found.name());
            self.fail(&format!("{claim}\n{}", unmet.join("\n"))).await;
        }
    }

    #[expect(clippy::panic, reason = "an expectation that is not met fails its test")]
    async fn fail(&self, text: &str) -> ! {
        let timeline = self.world.timeline_of_failure(self.id).await;
        panic!("{text}\n\n{timeline}\n")
    }
}

impl<'a> IntoFuture for Expectation<'a> {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.check())
    }
}

/// A name that is misspelled would never be found, and so be expected in vain.
#[track_caller]
fn known_event(name: &str) -> String {
    let all = Event::NAMES;
    assert!(all.contains(&name), "`{name}` is not an event; the events are {}", all.join(", "));
    name.to_owned()
}

#[track_caller]
fn known_kind(name: &str) -> MailKind {
    let kind = MailKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.unwrap_or_else(|| {
        let all = MailKind::ALL.map(MailKind::name).join(", ");
        panic!("`{name}` is not a kind of mail; the kinds are {all}")
    })
}
