//! Inboxes: are they bounded, and is there a claim behind every entry?

use crate::check::Invariant::I40;
use crate::check::report::Looks;
use crate::check::walk::{Seen, Walk, Wrong};
use crate::notifications::About;

impl Walk<'_> {
    pub(super) async fn inbox(&self, key: String) -> Seen {
        let mut looks = Looks::default();
        let (entries, most, ends) = self.store().inbox_size(&key).await?;
        looks.look(I40, entries <= most, || format!("it has {entries} entries, not {most}"));
        looks.look(I40, ends, || "it stays for ever when nothing comes any more".to_owned());
        let mut next = Some(0);
        while let Some(cursor) = next {
            let page = self.store().index_entries(&key, cursor).await?;
            next = page.next;
            for (entry, _) in page.found {
                let wrong = self.twice(|| self.inbox_entry(&key, &entry)).await?;
                looks.look(I40, wrong.is_none(), || wrong.unwrap_or_default());
            }
        }
        Ok(Some((format!("key {key}"), looks)))
    }

    async fn inbox_entry(&self, key: &str, entry: &str) -> Wrong {
        // What another version has written is not understood here, and shown to nobody.
        let Ok(About::Event { claim_id, .. }) = entry.parse() else { return Ok(None) };
        let gone =
            !self.exists(claim_id).await? && self.store().index_score(key, entry).await?.is_some();
        Ok(gone.then(|| format!("an entry is about claim {claim_id}, which does not exist")))
    }
}
