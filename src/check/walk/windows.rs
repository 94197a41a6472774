//! The counters of open windows: do they say what the open windows themselves say?
//!
//! Their sum is compared in one step with the index of open windows. What each of them counts can
//! only be seen by reading every open window, so that is compared while nothing is committed; in a
//! partition that does not rest for so long, the sum has to do.

use std::collections::BTreeMap;

use crate::calendar::coverage::InUse;
use crate::check::walk::{LOOKS_MAX, Walk, Wrong};
use crate::store::StoreError;
use crate::store::open_windows::OpenWindows;

type Counters = BTreeMap<String, i64>;

impl Walk<'_> {
    pub(super) async fn windows(&self, partition: u16) -> Wrong {
        let (counted, listed) = self.store().count_windows(partition).await?;
        if counted != listed {
            return Ok(Some(format!("{counted} open windows were counted, and {listed} are open")));
        }
        for _ in 0..LOOKS_MAX {
            let before = self.store().newest_commit(partition).await?;
            let counted = self.store().window_counters(partition).await?;
            let there = self.tally(partition).await?;
            if self.store().newest_commit(partition).await? != before {
                continue;
            }
            // A claim that cannot be read, or is listed without cause, is found where it is judged.
            let all_read = there.values().sum::<i64>() == listed;
            return Ok(difference(&counted, &there).filter(|_| all_read));
        }
        Ok(None)
    }

    async fn tally(&self, partition: u16) -> Result<Counters, StoreError> {
        let mut there = Counters::new();
        for which in OpenWindows::ALL {
            let mut next = Some(0);
            while let Some(cursor) = next {
                let page = self.store().open_windows(partition, which, cursor).await?;
                next = page.next;
                for window in page.windows() {
                    *there.entry(InUse::of(&window.deadline).to_string()).or_default() += 1;
                }
            }
        }
        Ok(there)
    }
}

/// The first counter that is not what it should be. One that stands at 0 should not be there.
fn difference(counted: &Counters, there: &Counters) -> Option<String> {
    let mut terms = counted.keys().chain(there.keys());
    let wrong = terms.find(|terms| counted.get(*terms) != there.get(*terms))?;
    let of = |counters: &Counters| counters.get(wrong).copied().unwrap_or_default();
    let shown: String = wrong.chars().take(120).collect();
    let (counted, there) = (of(counted), of(there));
    Some(format!(
        "{counted} open windows of `{}` were counted, and {there} are open",
        shown.escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_right_when_it_says_how_many_there_are() {
        let counters = |terms: &[(&str, i64)]| -> Counters {
            terms.iter().map(|(terms, count)| ((*terms).to_owned(), *count)).collect()
        };
        let check = |counted: &[(&str, i64)], there: &[(&str, i64)], expected: Option<&str>| {
            let wrong = difference(&counters(counted), &counters(there));
            assert_eq!(wrong.as_deref().and_then(|text| text.split('`').nth(1)), expected);
        };
        check(&[], &[], None);
        check(&[("a", 2), ("b", 1)], &[("a", 2), ("b", 1)], None);
        check(&[("a", 2), ("b", 1)], &[("a", 1), ("b", 2)], Some("a"));
        check(&[("a", 1)], &[("a", 1), ("b", 1)], Some("b"));
        check(&[("a", 1), ("b", 0)], &[("a", 1)], Some("b"));
        check(&[("b", -1)], &[], Some("b"));
    }
}
