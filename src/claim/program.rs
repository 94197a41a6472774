//! Solution areas, activities, and the incentive programs that follow from the two.
//!
//! What is exclusive for which program, and which activities go together, is the rule book of
//! domain section 3. Names for people and validity dates are data, in the catalog.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use cpor_jobs::{Activity, SolutionArea};

/// An incentive program: what a partner earns for one activity in one solution area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Program {
    /// OSA-Sell: presales in Business Applications.
    #[serde(rename = "osa_sell")]
    OsaSell,
    /// OSU-Business Applications: usage in Business Applications.
    #[serde(rename = "osu_business_applications")]
    OsuBusinessApplications,
    /// OSU-Microsoft 365: usage in Microsoft 365.
    #[serde(rename = "osu_microsoft_365")]
    OsuMicrosoft365,
    /// Revenue association in Business Applications: recognition, and no incentive.
    #[serde(rename = "recognition_only")]
    RecognitionOnly,
}

/// What can have only one partner at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExclusivePer {
    /// One workload of a tenant.
    Workload,
    /// One subscription, across all activities.
    Subscription,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 4] = [
        Self::OsaSell,
        Self::OsuBusinessApplications,
        Self::OsuMicrosoft365,
        Self::RecognitionOnly,
    ];

    /// The program of an activity in a solution area; none where the two do not go together.
    pub const fn of(solution_area: SolutionArea, activity: Activity) -> Option<Self> {
        match (solution_area, activity) {
            (SolutionArea::Microsoft365, Activity::Usage) => Some(Self::OsuMicrosoft365),
            (SolutionArea::Microsoft365, Activity::Presales | Activity::RevenueAssociation) => None,
            (SolutionArea::BusinessApplications, Activity::Presales) => Some(Self::OsaSell),
            (SolutionArea::BusinessApplications, Activity::Usage) => {
                Some(Self::OsuBusinessApplications)
            }
            (SolutionArea::BusinessApplications, Activity::RevenueAssociation) => {
                Some(Self::RecognitionOnly)
            }
        }
    }

    /// The program's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OsaSell => "osa_sell",
            Self::OsuBusinessApplications => "osu_business_applications",
            Self::OsuMicrosoft365 => "osu_microsoft_365",
            Self::RecognitionOnly => "recognition_only",
        }
    }

    /// What can have only one partner at a time under this program.
    pub const fn exclusive_per(self) -> ExclusivePer {
        match self {
            Self::OsuMicrosoft365 => ExclusivePer::Workload,
            Self::OsaSell | Self::OsuBusinessApplications | Self::RecognitionOnly => {
                ExclusivePer::Subscription
            }
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether these activities may not be in one claim: revenue association stands alone (R02).
pub fn activities_conflict(activities: &[Activity]) -> bool {
    let is_revenue = |activity: &Activity| *activity == Activity::RevenueAssociation;
    activities.iter().any(is_revenue) && !activities.iter().all(is_revenue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_follows_from_area_and_activity() {
        let check = |area, activity, program: Option<&str>| {
            assert_eq!(Program::of(area, activity).map(Program::as_str), program);
        };
        check(SolutionArea::Microsoft365, Activity::Presales, None);
        check(SolutionArea::Microsoft365, Activity::Usage, Some("osu_microsoft_365"));
        check(SolutionArea::Microsoft365, Activity::RevenueAssociation, None);
        let area = SolutionArea::BusinessApplications;
        check(area, Activity::Presales, Some("osa_sell"));
        check(area, Activity::Usage, Some("osu_business_applications"));
        check(area, Activity::RevenueAssociation, Some("recognition_only"));
    }

    #[test]
    fn revenue_association_stands_alone() {
        use Activity::{Presales, RevenueAssociation, Usage};
        let check = |activities: &[Activity], expected| {
            assert_eq!(activities_conflict(activities), expected, "{activities:?}");
        };
        check(&[], false);
        check(&[Usage], false);
        check(&[Usage, Presales], false);
        check(&[RevenueAssociation], false);
        check(&[RevenueAssociation, Usage], true);
        check(&[Presales, Usage, RevenueAssociation], true);
    }

    #[test]
    fn a_program_is_written_as_its_code() {
        for program in Program::ALL {
            assert_eq!(serde_json::to_value(program).unwrap(), program.as_str());
        }
    }

    #[test]
    fn only_microsoft_365_is_exclusive_per_workload() {
        let per_workload =
            Program::ALL.into_iter().filter(|p| p.exclusive_per() == ExclusivePer::Workload);
        assert_eq!(per_workload.collect::<Vec<_>>(), [Program::OsuMicrosoft365]);
    }
}
