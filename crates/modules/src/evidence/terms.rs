//! The fixed vocabularies of `evidence`: kinds of files and opinions of notaries.

use core::fmt;

/// What kind of file a digest stands for (kinds of custody of SF/T 0091-2021).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Any electronic document.
    Document,
    /// An original work under custody.
    OriginalWork,
    /// Static capture of a page on a computer.
    WebPageCapture,
    /// Recording of a computer's screen.
    DesktopRecording,
    /// Recording of a call on a mobile device.
    CallRecording,
    /// Sound recorded on the spot by a mobile device.
    SiteRecording,
    /// Photo taken by a mobile device.
    Photo,
    /// Video taken by a mobile device.
    Video,
    /// Recording of a mobile device's screen.
    MobileScreenRecording,
    /// Records that a system made by itself.
    SystemLog,
}

impl Kind {
    /// Every kind, in the order of numbers.
    pub const ALL: [Self; 10] = [
        Self::Document,
        Self::OriginalWork,
        Self::WebPageCapture,
        Self::DesktopRecording,
        Self::CallRecording,
        Self::SiteRecording,
        Self::Photo,
        Self::Video,
        Self::MobileScreenRecording,
        Self::SystemLog,
    ];

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Document => 0,
            Self::OriginalWork => 1,
            Self::WebPageCapture => 2,
            Self::DesktopRecording => 3,
            Self::CallRecording => 4,
            Self::SiteRecording => 5,
            Self::Photo => 6,
            Self::Video => 7,
            Self::MobileScreenRecording => 8,
            Self::SystemLog => 9,
        }
    }

    /// What people and the command line call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::OriginalWork => "original-work",
            Self::WebPageCapture => "web-page-capture",
            Self::DesktopRecording => "desktop-recording",
            Self::CallRecording => "call-recording",
            Self::SiteRecording => "site-recording",
            Self::Photo => "photo",
            Self::Video => "video",
            Self::MobileScreenRecording => "mobile-screen-recording",
            Self::SystemLog => "system-log",
        }
    }

    /// The kind with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the file was captured by forensic custody, which SF/T 0091-2021 accepts only with a
    /// report, made before the capture, that the environment was clean.
    pub const fn is_forensic(self) -> bool {
        match self {
            Self::Document | Self::OriginalWork | Self::SystemLog => false,
            Self::WebPageCapture
            | Self::DesktopRecording
            | Self::CallRecording
            | Self::SiteRecording
            | Self::Photo
            | Self::Video
            | Self::MobileScreenRecording => true,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an organisation with the notary role found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Opinion {
    /// The file it examined has this digest.
    Consistent,
    /// The file it examined has another digest.
    Inconsistent,
    /// It could not tell.
    Undetermined,
}

impl Opinion {
    /// Every opinion, in the order of numbers.
    pub const ALL: [Self; 3] = [Self::Consistent, Self::Inconsistent, Self::Undetermined];

    /// Its number in the interface.
    pub const fn number(self) -> u8 {
        match self {
            Self::Consistent => 1,
            Self::Inconsistent => 2,
            Self::Undetermined => 3,
        }
    }

    /// What people and the command line call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::Inconsistent => "inconsistent",
            Self::Undetermined => "undetermined",
        }
    }

    /// The opinion with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|opinion| opinion.number() == number)
    }

    /// The opinion with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|opinion| opinion.name() == name)
    }
}

impl fmt::Display for Opinion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
