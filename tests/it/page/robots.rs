//! Scanners, previews and robots: whatever they press, they never decide.

use std::collections::BTreeSet;

use axum::http::Method;
use cpor::claim::Status;

use super::forms::{Form, links};
use super::{Opened, beside};

/// How a robot fills in a form.
#[derive(Debug, Clone, Copy)]
enum Habit {
    /// Sends what is preselected.
    Untouched,
    /// Chooses the first of every group, and writes something everywhere.
    First,
    /// Presses everything it finds, one after the other: the last of every group is chosen.
    Last,
    /// Sends all values of every group at once.
    Everything,
}

impl Habit {
    const ALL: [Self; 4] = [Self::Untouched, Self::First, Self::Last, Self::Everything];

    fn fill(self, form: &mut Form) {
        if !matches!(self, Self::Untouched) {
            form.write_everywhere("robot@anadoluelektrik.com.tr");
        }
        for (name, values) in form.choices() {
            match self {
                Self::Untouched | Self::Everything => {}
                Self::First => form.set(&name, values.first().unwrap()),
                Self::Last => form.set(&name, values.last().unwrap()),
            }
        }
        if matches!(self, Self::Everything) {
            form.tick_everything();
        }
    }
}

/// Follows every link and submits every form, again on every page that comes back.
async fn crawl(opened: &Opened, habit: Habit) -> usize {
    const VISITS_MAX: usize = 400;
    let mut waiting = vec![(opened.notice.clone(), None), (opened.view.clone(), None)];
    let (mut seen, mut visits) = (BTreeSet::new(), 0);
    while let Some((path, form)) = waiting.pop() {
        let fields: Vec<(String, String)> = form.as_ref().map(Form::fields).unwrap_or_default();
        // The step of the second form is another one each time, and not a new page.
        let known = fields.iter().filter(|(name, _)| name != "step").collect::<Vec<_>>();
        if !seen.insert(format!("{path} {known:?}")) || visits == VISITS_MAX {
            continue;
        }
        visits += 1;
        let answer = match form {
            None => opened.server.get(&path).await,
            Some(_) => {
                let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                opened.server.post_form(&path, &fields).await
            }
        };
        assert!(answer.status.as_u16() < 500, "{path}");
        let html = answer.text();
        let location = answer.header("location").to_owned();
        let local = links(&html).into_iter().chain((!location.is_empty()).then_some(location));
        let local = local.filter(|link| link.starts_with('?') || link.starts_with("../"));
        waiting.extend(local.map(|link| (beside(&path, &link), None)));
        for mut form in Form::all(&html) {
            habit.fill(&mut form);
            waiting.push((beside(&path, &form.action), Some(form)));
        }
    }
    visits
}

#[tokio::test]
async fn a_robot_that_follows_every_link_and_sends_every_form_never_rejects_or_agrees() {
    let opened = Opened::on_friday().await;
    let events = opened.world.events(opened.claim).await;
    for habit in Habit::ALL {
        let visits = crawl(&opened, habit).await;
        assert!(visits > 5, "{habit:?} saw {visits} pages only");
        assert_eq!(opened.world.events(opened.claim).await, events, "{habit:?}");
    }
}

#[tokio::test]
async fn a_robot_never_ends_an_association() {
    let opened = Opened::on_friday().await;
    opened.world.travel_to("2026-11-27T21:00:00Z").await;
    let events = opened.world.events(opened.claim).await;
    for habit in Habit::ALL {
        let visits = crawl(&opened, habit).await;
        assert!(visits > 5, "{habit:?} saw {visits} pages only");
        assert_eq!(opened.world.status(opened.claim).await, Status::Associated, "{habit:?}");
        assert_eq!(opened.world.events(opened.claim).await, events, "{habit:?}");
    }
}

#[tokio::test]
async fn ten_thousand_looks_decide_nothing() {
    const LOOKS: usize = 10_000;
    const AT_ONCE: usize = 16;
    let opened = Opened::on_friday().await;
    let events = opened.world.events(opened.claim).await;
    let one = async |_| {
        for number in 0..LOOKS / AT_ONCE {
            let method = if number % 2 == 0 { Method::GET } else { Method::HEAD };
            let path = if number % 4 < 2 { &opened.notice } else { &opened.view };
            // A prefetcher may even carry over what a form would have sent.
            let path = format!("{path}&answer=reject&confirm=yes&end={}", opened.claim);
            let path = if number % 8 < 4 { path } else { opened.notice.clone() };
            let answer = opened.server.request(method, &path, &[], "").await;
            assert!(answer.status == 200 || answer.status == 303, "{path}");
        }
    };
    futures_util::future::join_all((0..AT_ONCE).map(one)).await;
    assert_eq!(opened.world.events(opened.claim).await, events);
}
