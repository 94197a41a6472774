//! The indexes by what was submitted: does each entry stand for a claim that it fits?
//!
//! That nothing is missing from them is found where the claims are judged.

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};

use crate::check::Invariant::I02;
use crate::check::report::Looks;
use crate::check::walk::{Seen, Walk, Wrong};
use crate::store::indexes::{claim_of_member, of_submission};

/// Entries of one index looked at at once; many indexes are looked at beside it.
const AT_ONCE: usize = 16;

impl Walk<'_> {
    pub(super) async fn index(&self, key: String) -> Seen {
        let mut looks = Looks::default();
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = self.store().index_entries(&key, cursor).await?;
            next = page.next;
            let key = &key;
            let look = async |(member, _): (String, String)| {
                self.twice(|| self.index_entry(key, &member)).await
            };
            let mut seen = iter(page.found).map(look).buffer_unordered(AT_ONCE);
            while let Some(wrong) = seen.try_next().await? {
                looks.look(I02, wrong.is_none(), || wrong.unwrap_or_default());
            }
        }
        Ok(Some((format!("key {key}"), looks)))
    }

    async fn index_entry(&self, key: &str, member: &str) -> Wrong {
        let shown: String = member.chars().take(120).collect();
        let entry = format!("the entry `{}`", shown.escape_debug());
        let Some(id) = claim_of_member(member) else {
            return Ok(Some(format!("{entry} names no claim")));
        };
        let claim = self.readable(id).await?;
        if self.store().index_score(key, member).await?.is_none() {
            return Ok(None); // It went while we looked.
        }
        let Some(claim) = claim else {
            // One that cannot be read is found where it is judged.
            let gone = !self.exists(id).await?;
            return Ok(gone.then(|| format!("no claim stands behind {entry}")));
        };
        let own = of_submission(self.store().keys(), &claim);
        let fits = own.iter().any(|own| own.key == key && own.member == member);
        Ok((!fits).then(|| format!("{entry} does not fit claim {id}")))
    }
}
