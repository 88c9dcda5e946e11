//! What `services` and `once` are told, and what they say to it.

use super::people::word;
use super::*;

/// The register of numbers in `once`.
static NUMBERS: LazyLock<B256> = LazyLock::new(|| keccak256("ding.filing.number"));
/// The same of `services`.
static OUTER_NUMBERS: LazyLock<B256> = LazyLock::new(|| keccak256("ding.services.number"));

/// A service as `services` names it.
pub(super) fn key(id: u64) -> B256 {
    keccak256([ADDRESS.as_slice(), &samples::CHAIN_ID.to_be_bytes(), &id.to_be_bytes()].concat())
}

impl Model {
    fn tell(&mut self, event: &impl SolEvent) {
        self.logs.push(log(services::state::ADDRESS, event));
    }

    fn tell_once(&mut self, event: &impl SolEvent) {
        self.logs.push(log(once::state::ADDRESS, event));
    }

    pub(super) fn tell_kept(&mut self, id: u64, number: &str, untilMs: u64, lapsed: Option<u64>) {
        let (register, key_, Now { height, timestamp_ms: nowMs }) = (*NUMBERS, word(number), self.now);
        if let Some(untilMs) = lapsed {
            self.tell_once(&IOnce::Lapsed {
                owner: ADDRESS,
                register,
                key: key_,
                holder: ADDRESS,
                untilMs,
                nowMs,
            });
        }
        self.tell_once(&IOnce::Reserved {
            owner: ADDRESS,
            register,
            key: key_,
            content: key(id),
            holder: ADDRESS,
            untilMs,
            height,
        });
    }

    pub(super) fn tell_own(&mut self, id: u64, number: &str) {
        self.tell_once(&IOnce::Confirmed {
            owner: ADDRESS,
            register: *NUMBERS,
            key: word(number),
            content: key(id),
            holder: ADDRESS,
            forEver: false,
            height: self.now.height,
        });
    }

    pub(super) fn tell_released(&mut self, number: &str) {
        let (register, key) = (*NUMBERS, word(number));
        self.tell_once(&IOnce::Released { owner: ADDRESS, register, key, holder: ADDRESS });
    }

    pub(super) fn tell_declared(&mut self, id: u64, runs: Option<Runs>) -> Result<(), Refusal> {
        let Service { provider, form, outer, .. } = self.service(id)?.clone();
        let division = self.provider(provider)?.subject.division / 10_000;
        self.tell(&IServices::ServiceDeclared {
            id: key(id),
            provider: outer.holder,
            by: ADDRESS,
            division: u8::try_from(division).unwrap_or(0),
            goLive: form.goLive,
        });
        if runs.is_some() { self.set_clock(id, runs) } else { Ok(()) }
    }

    /// The time to file runs, or stops.
    pub(super) fn set_clock(&mut self, id: u64, runs: Option<Runs>) -> Result<(), Refusal> {
        let Service { outer, number, .. } = self.service(id)?.clone();
        if outer.ends != 0 && self.now.height >= outer.ends {
            return refuse(IServices::ServiceEnded { id: key(id), fromHeight: outer.ends });
        }
        if !number.is_empty() {
            return refuse(IServices::AlreadyRecorded { id: key(id), number });
        }
        let (day, provisional) = runs.map(|runs| self.due(runs)).unwrap_or_default();
        let dueMs = runs.map_or(0, |_| u64::from(day + 1) * stories::DAY_MS - 8 * 3_600_000);
        let clock = runs.map(|(_, start, days)| (start, days));
        if (clock, dueMs) == (outer.clock, outer.due_ms) {
            return Ok(());
        }
        self.change(id, |service| (service.outer.clock, service.outer.due_ms) = (clock, dueMs));
        let (startDay, workingDays) = clock.unwrap_or_default();
        self.tell(&IServices::ClockSet { id: key(id), startDay, workingDays, dueMs, provisional });
        Ok(())
    }

    pub(super) fn tell_recorded(&mut self, id: u64, number: &str) {
        let holder = self.service(id).map_or(ADDRESS, |service| service.outer.holder);
        let (owner, register, key_, content) =
            (services::state::ADDRESS, *OUTER_NUMBERS, word(number), key(id));
        let Now { height, timestamp_ms } = self.now;
        let untilMs = timestamp_ms + 1_000;
        self.tell_once(&IOnce::Reserved { owner, register, key: key_, content, holder, untilMs, height });
        let forEver = false;
        self.tell_once(&IOnce::Confirmed { owner, register, key: key_, content, holder, forEver, height });
        let division = number.get(..2).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        self.tell(&IServices::ServiceRecorded { id: content, number: number.into(), division });
    }

    /// The service ends with the next block.
    pub(super) fn tell_end(&mut self, id: u64) {
        let fromHeight = self.now.height + 1;
        let Ok(Service { number, outer, .. }) = self.service(id).cloned() else { return };
        if !number.is_empty() {
            let (owner, register, key) = (services::state::ADDRESS, *OUTER_NUMBERS, word(&number));
            self.tell_once(&IOnce::Released { owner, register, key, holder: outer.holder });
        }
        self.change(id, |service| service.outer.ends = fromHeight);
        self.tell(&IServices::ServiceDeregistered { id: key(id), fromHeight });
    }

    /// Suspensions that are not over.
    fn holds(&self, id: u64) -> Vec<(u64, u64, u64)> {
        let height = self.now.height;
        let mut holds = self.service(id).map(|service| service.outer.holds.clone()).unwrap_or_default();
        holds.retain(|(_, from, lifted)| *lifted == 0 || (height < *lifted && lifted > from));
        holds
    }

    pub(super) fn tell_suspended(
        &mut self,
        id: u64,
        referenceId: u64,
        fromHeight: u64,
    ) -> Result<(), Refusal> {
        let (mut holds, max) = (self.holds(id), u64::from(limits::SERVICE_HOLDS_MAX));
        if number_of(holds.len()) >= max {
            return refuse(IServices::TooManyHolds { id: key(id), holds: number_of(holds.len()), max });
        }
        holds.push((referenceId, fromHeight, 0));
        self.change(id, |service| service.outer.holds = holds);
        let (id, by) = (key(id), ADDRESS);
        self.tell(&IServices::ServiceSuspended { id, by, referenceId, fromHeight, untilMs: 0 });
        Ok(())
    }

    pub(super) fn tell_restored(&mut self, id: u64, referenceId: u64, fromHeight: u64) {
        let mut holds = self.holds(id);
        for (reference, _, lifted) in &mut holds {
            if *reference == referenceId {
                *lifted = fromHeight;
            }
        }
        self.change(id, |service| service.outer.holds = holds);
        self.tell(&IServices::ServiceRestored { id: key(id), by: ADDRESS, referenceId, fromHeight });
    }

    /// Puts places in the stead of those known; those that are certain belong to the service.
    pub(super) fn put_places(
        &mut self,
        id: u64,
        places: Vec<(Address, bool)>,
        all: bool,
    ) -> Result<(), Refusal> {
        let new: Vec<_> = places.into_iter().map(|(address, bound)| (address, bound || all)).collect();
        let old = self.service(id)?.places.clone();
        let lacks = |of: &[(Address, bool)], from: &[(Address, bool)]| -> Vec<Address> {
            of.iter().filter(|place| place.1 && !from.contains(place)).map(|place| place.0).collect()
        };
        let (gone, come) = (lacks(&old, &new), lacks(&new, &old));
        let held = self.holds(id);
        if !gone.is_empty() && !held.is_empty() {
            let height = self.now.height;
            let stopped =
                held.iter().any(|(_, from, lifted)| *from <= height && (*lifted == 0 || height < *lifted));
            return refuse(IServices::StillStopped { id: key(id), status: if stopped { 3 } else { 2 } });
        }
        for address in gone {
            self.belongs.remove(&address);
            self.tell(&IServices::ContractRemoved { id: key(id), contractAddress: address });
        }
        for address in come {
            self.add(id, address)?;
        }
        self.change(id, |service| service.places = new);
        Ok(())
    }

    /// An address belongs to a service from now on.
    fn add(&mut self, id: u64, contractAddress: Address) -> Result<(), Refusal> {
        // Stories name no address of the ledger itself but this one.
        if contractAddress == ADDRESS {
            return refuse(IServices::NotAService { contractAddress });
        }
        let before = self.belongs.get(&contractAddress).copied();
        if before == Some(id) {
            return Ok(());
        }
        let ends = before.and_then(|other| self.service(other).ok()).map_or(1, |other| other.outer.ends);
        let formerly = before.map(key).unwrap_or_default();
        if ends == 0 || self.now.height + 1 < ends {
            return refuse(IServices::ContractTaken { contractAddress, id: formerly });
        }
        self.belongs.insert(contractAddress, id);
        self.tell(&IServices::ContractAdded { id: key(id), contractAddress, formerly });
        Ok(())
    }
}
