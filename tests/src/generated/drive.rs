//! How a random composition is driven. In: a stream of choices, the original. Out: what it does, call
//! by call. Not its job: what the fused ones do (`trace::compare`).

use super::memory::Poke;
use super::program::Program;
use super::types::chance;
use crate::host::{Function, Guest, Outcome, Serve};
use crate::random::Random;
use crate::steps::choose;
use crate::trace::{Step, Taken, served, take};
use crate::value::Value;
use arbitrary::{Result, Unstructured};

/// What is done to one fresh instance.
pub struct Plan {
    /// Where the values come from, those of the host as well.
    seed: u64,
    /// Before each call: what is to be spoiled, in which component, where, and by what.
    pokes: Vec<Option<[u32; 4]>>,
}

impl Plan {
    pub fn new(u: &mut Unstructured<'_>, program: &Program) -> Result<Plan> {
        let seed = u64::from(u.arbitrary::<u16>()?);
        let calls = u.int_in_range(1..=5)?;
        let spoils = chance(u, 2, 3)?;
        let pokes = (0..calls).map(|n| {
            if !spoils || n + 1 < calls && chance(u, 2, 3)? {
                return Ok(None);
            }
            let stage = u.int_in_range(0..=program.components.len() as u32 - 1)?;
            let poke = *u.choose(&Poke::ALL)?;
            // Near the beginning is most of what there is, and the next discriminant is a small step away.
            let most = *u.choose(&[0, 3, 8, 16, 200])?;
            let place = u.int_in_range(0..=most)?;
            let small = u.int_in_range(1..=8)?;
            let large = [0xff, 0x10, 0x80, 0x7f, 0x8000_0000, u32::MAX, 0xd800, 0x11_0000];
            let value = if chance(u, 1, 2)? { *u.choose(&large)? } else { small };
            Ok(Some([stage, poke as u32, place, value]))
        });
        Ok(Plan { seed, pokes: pokes.collect::<Result<_>>()? })
    }

    /// The host that goes with it.
    pub fn host(&self) -> Serve {
        served(self.seed)
    }

    /// Drives the original, until it traps.
    pub fn drive(&self, guest: &mut dyn Guest) -> Vec<Taken> {
        let mut random = Random::new(self.seed);
        let mut trace = vec![take(guest, Step::Instantiate)];
        let apis: Vec<String> =
            guest.exports().iter().filter(|f| f.path[1] == "poke").map(|f| f.path[0].clone()).collect();
        for poke in &self.pokes {
            let api = apis[random.below(apis.len())].clone();
            let path = |name: &str| vec![api.clone(), name.to_string()];
            let mut steps = Vec::new();
            if let Some(poke) = poke {
                let args = poke.iter().map(|n| Value::U32(*n)).collect();
                steps.push(Step::Call { path: path("poke"), args });
            }
            let functions: Vec<Function> = guest
                .exports()
                .iter()
                .filter(|f| f.path[0] == api && !super::is_control(f))
                .cloned()
                .collect();
            let Some(step) = choose(&*guest, &functions, &mut random) else { continue };
            steps.push(step);
            steps.push(Step::Call { path: path("state"), args: Vec::new() });
            for step in steps {
                let taken = take(guest, step);
                if let Outcome::Trapped(trap) = &taken.outcome {
                    if !trap.is_limit_of_host() {
                        trace.push(taken);
                    }
                    return trace;
                }
                trace.push(taken);
            }
        }
        trace
    }
}
