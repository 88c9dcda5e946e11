//! What pilots refer to: documents, entities, and what the supervisors set.

use super::*;

impl Model {
    /// The entity that an account acts for; zero if it acts for none.
    pub(super) fn entity_of(&self, account: Address) -> B256 {
        let found = self.entities.iter().find(|(_, entity)| entity.account == account);
        found.map_or(B256::ZERO, |(code, _)| *code)
    }

    pub(super) fn record_document(&mut self, call: &recordDocumentCall) -> Result<Vec<u8>, Refusal> {
        let recordDocumentCall { kind, issuedOn, departments, zones, specials, digest, number, title } =
            call.clone();
        let (account, today) = self.here();
        let organisation = start::organisation_of(account);
        if !start::supervises(organisation) {
            return refuse(RoleRequired { account, organisation, role: Role::Supervisor.number() });
        }
        words::term("kind of document", kind, 6)?;
        if issuedOn > today {
            return refuse(FutureDay { day: issuedOn, today });
        }
        words::there("document", digest)?;
        words::title("title", &title)?;
        if !number.is_empty() {
            words::title("number of the document", &number)?;
        }
        self.documents.push(Document {
            kind,
            issuedOn,
            departments,
            zones,
            specials,
            listedZones: 0,
            listedSpecials: 0,
            recordedDay: today,
            digest,
        });
        let document = narrow(self.documents.len());
        self.emit(&DocumentRecorded {
            document,
            kind,
            issuedOn,
            departments,
            zones,
            specials,
            digest,
            number,
            title,
            account,
            today,
        });
        Ok(recordDocumentCall::abi_encode_returns(&document))
    }

    /// A document of a kind.
    pub(super) fn document(&self, document: u32, wanted: u8) -> Result<&Document, Refusal> {
        let count = narrow(self.documents.len());
        let Some(found) = nth(&self.documents, document) else {
            return refuse(NoSuchDocument { document, count });
        };
        let kind = found.kind;
        if kind == wanted { Ok(found) } else { refuse(DocumentOfAnotherKind { document, kind, wanted }) }
    }

    /// A document of a kind, or none.
    pub(super) fn document_or_none(&self, document: u32, wanted: u8) -> Result<(), Refusal> {
        if document == 0 { Ok(()) } else { self.document(document, wanted).map(|_| ()) }
    }

    /// Pilots of a kind that were ever listed under a document.
    pub(super) fn listed_under(&self, document: u32, kind: u8) -> u16 {
        let under = |pilot: &&Pilot| pilot.course.list == document && pilot.record.kind == kind;
        narrow(self.pilots.iter().filter(under).count())
    }

    /// The list still has room for a pilot of a kind.
    pub(super) fn require_room(&self, document: u32, kind: u8) -> Result<(), Refusal> {
        let list = self.document(document, LIST)?;
        let count = if kind == COMPREHENSIVE { list.zones } else { list.specials };
        if count != 0 && self.listed_under(document, kind) >= count {
            return refuse(ListFull { document, kind, count });
        }
        Ok(())
    }

    /// The caller's organisation, which recommends pilots in a division.
    pub(super) fn require_recommender(&self, division: u8) -> Result<u32, Refusal> {
        let (account, organisation) = (self.caller, start::organisation_of(self.caller));
        match start::office(organisation) {
            start::Office::National | start::Office::Competent => Ok(organisation),
            start::Office::Provincial(own) if own == division => Ok(organisation),
            start::Office::Provincial(own) => refuse(OutsideDivision { organisation, own, wanted: division }),
            start::Office::None => refuse(RecommenderRequired { account, organisation }),
        }
    }

    /// An account that can act for an entity, and for that alone.
    fn require_free(&self, account: Address, entity: B256) -> Result<(), Refusal> {
        let low: u64 = account.iter().fold(0, |low, byte| low << 8 | u64::from(*byte));
        let long = account.iter().take(12).any(|byte| *byte != 0);
        // Of modules, or zero.
        if !long && (low == 0 || (0xd_0001..=0xd_ffff).contains(&low)) {
            return refuse(AccountUnusable { account });
        }
        let other = self.entity_of(account);
        if !other.is_zero() && other != entity {
            return refuse(AccountTaken { account, entity: other });
        }
        match start::code_of(account) {
            Some(bound) if bound != entity => refuse(AccountOfAnother { account, entity, bound }),
            _ => Ok(()),
        }
    }

    pub(super) fn register_entity(&mut self, call: &registerEntityCall) -> Result<Vec<u8>, Refusal> {
        let registerEntityCall { code, name, division, account } = call.clone();
        let organisation = self.require_recommender(division)?;
        let normal = filing::folded(&code);
        if code.len() > limits::ID_TEXT_BYTES_MAX || filing::wrong(&normal).is_some() {
            let code = code.chars().take(limits::ID_TEXT_BYTES_MAX).collect();
            return refuse(CodeInvalid { code });
        }
        let entity = start::word(&normal);
        if let Some(known) = self.entities.get(&entity) {
            return refuse(EntityKnown { entity, account: known.account });
        }
        require_division(division)?;
        words::title("name", &name)?;
        self.require_free(account, entity)?;
        let today = self.today();
        let nameDigest = digest_of(&name);
        self.entities
            .insert(entity, Entity { account, division, pilots: 0, registeredDay: today, nameDigest });
        self.emit(&EntityRegistered { entity, account, organisation, division, name, today });
        Ok(registerEntityCall::abi_encode_returns(&entity))
    }

    pub(super) fn change_entity(&mut self, call: &changeEntityCall) -> Result<(), Refusal> {
        let changeEntityCall { entity, name, account } = call.clone();
        let Some(before) = self.entities.get(&entity).map(|known| known.account) else {
            return refuse(NoSuchEntity { entity });
        };
        let by = self.caller;
        if by != before && !start::supervises(start::organisation_of(by)) {
            return refuse(NotTheEntity { account: by, entity });
        }
        words::title("name", &name)?;
        if account != before {
            self.require_free(account, entity)?;
        }
        if let Some(known) = self.entities.get_mut(&entity) {
            (known.account, known.nameDigest) = (account, digest_of(&name));
        }
        self.emit(&EntityChanged { entity, account, before, name, by });
        Ok(())
    }

    /// Whether the supervisors may decide so.
    pub(super) fn are_sound(call: &setParametersCall) -> Result<(), Refusal> {
        let setParametersCall { commentDays, reportDays, durationDays, assessmentMonths } = *call;
        let (least, most) = (limits::PILOT_DURATION_DAYS_MIN, limits::PILOT_DURATION_DAYS_MAX);
        words::range("days of comment", commentDays, 1_u64, limits::PILOT_COMMENT_DAYS_MAX)?;
        words::range("days to report", reportDays, 0_u64, limits::PILOT_REPORT_DAYS_MAX)?;
        words::range("days of a pilot", durationDays, least, most)?;
        let longest = limits::PILOT_ASSESSMENT_MONTHS_MAX;
        words::range("months between assessments", assessmentMonths, 1_u64, longest)
    }

    pub(super) fn set_parameters(&mut self, call: &setParametersCall) -> Result<(), Refusal> {
        Self::are_sound(call)?;
        let (account, organisation) = (self.caller, start::organisation_of(self.caller));
        let has_vote = start::supervises(organisation);
        let hand = Hand { account, organisation, has_vote, electorate: 1 };
        let (decision, executed) = self.decisions.carry_out(ADDRESS, &call.abi_encode(), hand, self.now)?;
        self.logs.push(executed);
        let setParametersCall { commentDays, reportDays, durationDays, assessmentMonths } = *call;
        self.parameters = parametersReturn { commentDays, reportDays, durationDays, assessmentMonths };
        self.emit(&ParametersSet { commentDays, reportDays, durationDays, assessmentMonths, decision });
        Ok(())
    }
}

/// A division by its first two digits.
pub(super) fn require_division(division: u8) -> Result<(), Refusal> {
    let known = filing::PROVINCES.iter().any(|(code, _)| *code == u32::from(division));
    if known { Ok(()) } else { refuse(UnknownDivision { division }) }
}
