//! Plans as one word without blanks, so that a plan is an argument and a line of a file:
//! `seed:length_ms:bad`, then for each action `,time_ms:name:numbers`.

use super::{Action, Plan, Weather};
use ding_seat::{
    byzantine::Kind,
    disk::{Crash, Trouble},
    wire::Mess,
};
use std::str::FromStr;

const CRASHES: [Crash; 4] = [Crash::Lost, Crash::Kept, Crash::Prefix, Crash::Torn];

fn name(value: &impl core::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

impl core::fmt::Display for Plan {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}:{}", self.seed, self.length_ms, self.bad)?;
        self.actions.iter().try_for_each(|(at, action)| write!(f, ",{at}:{action}"))
    }
}

impl core::fmt::Display for Action {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Crash(member, crash) => write!(f, "crash:{member}:{}", name(crash)),
            Self::Start(member) => write!(f, "start:{member}"),
            Self::Weather(weather) => write!(f, "weather:{weather}"),
            Self::Cut(from, to) => write!(f, "cut:{from}:{to}"),
            Self::Mess(member, Mess { twice, late, late_ms }) => {
                write!(f, "mess:{member}:{twice}:{late}:{late_ms}")
            }
            Self::Disk(member, trouble) => {
                let Trouble { read_errors, write_errors, sync_errors, flips, full, sync_ms, read_ms } =
                    trouble;
                let full = u8::from(*full);
                write!(
                    f,
                    "disk:{member}:{read_errors}:{write_errors}:{sync_errors}:{flips}:{full}:{sync_ms}:{read_ms}"
                )
            }
            Self::Rot(member, bits) => write!(f, "rot:{member}:{bits}"),
            Self::Clock(member, ahead_ms, drift_ppm) => write!(f, "clock:{member}:{ahead_ms}:{drift_ppm}"),
            Self::Evil(member, kind) => write!(f, "evil:{member}:{}", name(kind)),
            Self::Slow(member, weather) => write!(f, "slow:{member}:{weather}"),
            Self::Burst(count, span_ms) => write!(f, "burst:{count}:{span_ms}"),
            Self::Pay => write!(f, "pay"),
            Self::Heal => write!(f, "heal"),
        }
    }
}

impl core::fmt::Display for Weather {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}:{}", self.latency_ms, self.jitter_ms, self.loss)
    }
}

/// The fields of one action, one after the other.
struct Fields<'a>(core::str::Split<'a, char>);

impl<'a> Fields<'a> {
    fn word(&mut self) -> Result<&'a str, String> {
        self.0.next().ok_or_else(|| "a number or a name is missing".to_owned())
    }

    fn number<T: FromStr<Err = core::num::ParseIntError>>(&mut self) -> Result<T, String> {
        let word = self.word()?;
        word.parse().map_err(|error| format!("{word}: {error}"))
    }

    /// The member whose number comes next; there are so many of them.
    fn member(&mut self) -> Result<usize, String> {
        let member = self.number()?;
        if member < super::MEMBERS { Ok(member) } else { Err(format!("there is no member {member}")) }
    }

    fn one_of<T: Copy + core::fmt::Debug>(&mut self, all: &[T]) -> Result<T, String> {
        let word = self.word()?;
        let found = all.iter().find(|each| name(*each) == word);
        found.copied().ok_or_else(|| format!("{word} is none of {all:?}"))
    }

    fn weather(&mut self) -> Result<Weather, String> {
        Ok(Weather { latency_ms: self.number()?, jitter_ms: self.number()?, loss: self.number()? })
    }

    fn end(mut self) -> Result<(), String> {
        self.0.next().map_or(Ok(()), |more| Err(format!("{more} is one field too many")))
    }

    fn action(&mut self) -> Result<Action, String> {
        Ok(match self.word()? {
            "crash" => Action::Crash(self.member()?, self.one_of(&CRASHES)?),
            "start" => Action::Start(self.member()?),
            "weather" => Action::Weather(self.weather()?),
            "cut" => Action::Cut(self.member()?, self.member()?),
            "mess" => {
                let member = self.member()?;
                let (twice, late, late_ms) = (self.number()?, self.number()?, self.number()?);
                Action::Mess(member, Mess { twice, late, late_ms })
            }
            "disk" => {
                let member = self.member()?;
                let trouble = Trouble {
                    read_errors: self.number()?,
                    write_errors: self.number()?,
                    sync_errors: self.number()?,
                    flips: self.number()?,
                    full: self.number::<u8>()? == 1,
                    sync_ms: self.number()?,
                    read_ms: self.number()?,
                };
                Action::Disk(member, trouble)
            }
            "rot" => Action::Rot(self.member()?, self.number()?),
            "clock" => Action::Clock(self.member()?, self.number()?, self.number()?),
            "evil" => Action::Evil(self.member()?, self.one_of(&Kind::ALL)?),
            "slow" => Action::Slow(self.member()?, self.weather()?),
            "burst" => Action::Burst(self.number()?, self.number()?),
            "pay" => Action::Pay,
            "heal" => Action::Heal,
            other => return Err(format!("nothing is called {other}")),
        })
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',');
        let head = parts.next().unwrap_or_default();
        let of = |part: &str, why: String| format!("plan, at {part:?}: {why}");
        let read_head = || {
            let mut fields = Fields(head.split(':'));
            let (seed, length_ms, bad) = (fields.number()?, fields.number()?, fields.member()?);
            fields.end()?;
            Ok(Self { seed, length_ms, actions: Vec::new(), bad })
        };
        let mut plan = read_head().map_err(|why| of(head, why))?;
        for part in parts {
            let read = || {
                let mut fields = Fields(part.split(':'));
                let action = (fields.number()?, fields.action()?);
                fields.end()?;
                Ok(action)
            };
            plan.actions.push(read().map_err(|why| of(part, why))?);
        }
        if !plan.actions.is_sorted_by_key(|(at, _)| *at) {
            return Err("plan: its actions are not in the order of their times".into());
        }
        Ok(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_reads_as_it_is_written() {
        for seed in 0..300 {
            let plan = Plan::draw(seed, 600_000);
            let text = plan.to_string();
            assert!(!text.contains([' ', '\'', '"', ';', '&', '|']), "{text}");
            assert_eq!(text.parse(), Ok(plan));
        }
        let every = "1:9000:3,0:weather:10:3:0,1:crash:0:torn,2:start:0,3:cut:1:2,4:mess:1:2:3:4,\
                     5:disk:2:1:2:3:4:1:6:7,6:rot:3:9,7:clock:0:-5:6,8:evil:3:badroot,9:slow:1:2:3:4,\
                     10:burst:5:6,11:heal,12:pay";
        assert_eq!(every.parse::<Plan>().unwrap().to_string(), every);
    }

    #[test]
    fn what_is_no_plan_is_refused_with_the_place() {
        for (text, want) in [
            ("", "plan, at \"\""),
            ("1:2", "is missing"),
            ("1:2:4", "there is no member 4"),
            ("1:2:3,5:dance", "plan, at \"5:dance\": nothing is called dance"),
            ("1:2:3,5:start:1:1", "one field too many"),
            ("1:2:3,5:evil:1:kind", "kind is none of"),
            ("1:2:3,5:heal,4:heal", "not in the order"),
            ("1:2:3,5:crash:9:torn", "there is no member 9"),
        ] {
            let error = text.parse::<Plan>().unwrap_err();
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
