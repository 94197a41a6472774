//! The calendars a binary has when it stands outside its repository: those of `config/calendars`,
//! as they were when it was built. Deliberately nothing else; a new file there needs a line here,
//! and a test says so.

/// Id and file text of every calendar in `config/calendars`.
pub(super) const FILES: [(&str, &str); 19] = [
    ("AE", include_str!("../../config/calendars/AE.toml")),
    ("AU-NSW", include_str!("../../config/calendars/AU-NSW.toml")),
    ("AU-VIC", include_str!("../../config/calendars/AU-VIC.toml")),
    ("BR", include_str!("../../config/calendars/BR.toml")),
    ("CA-BC", include_str!("../../config/calendars/CA-BC.toml")),
    ("CA-ON", include_str!("../../config/calendars/CA-ON.toml")),
    ("DE-BY", include_str!("../../config/calendars/DE-BY.toml")),
    ("DE", include_str!("../../config/calendars/DE.toml")),
    ("FR", include_str!("../../config/calendars/FR.toml")),
    ("GB-ENG", include_str!("../../config/calendars/GB-ENG.toml")),
    ("GB-SCT", include_str!("../../config/calendars/GB-SCT.toml")),
    ("IL", include_str!("../../config/calendars/IL.toml")),
    ("IN", include_str!("../../config/calendars/IN.toml")),
    ("JP", include_str!("../../config/calendars/JP.toml")),
    ("PL", include_str!("../../config/calendars/PL.toml")),
    ("SA", include_str!("../../config/calendars/SA.toml")),
    ("TR", include_str!("../../config/calendars/TR.toml")),
    ("US", include_str!("../../config/calendars/US.toml")),
    ("ZA", include_str!("../../config/calendars/ZA.toml")),
];
