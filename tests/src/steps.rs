//! The next step of a trace, at random. In: a guest, functions that it exports, a generator of numbers.
//! Out: a step that can be taken. Not its job: taking it (`trace`).

use crate::host::{Function, Guest};
use crate::random::Random;
use crate::trace::Step;
use crate::value::{Resource, Type, Value};

/// A call of one of these with arguments that there are, or now and then the drop of a resource.
pub fn choose(guest: &dyn Guest, functions: &[Function], random: &mut Random) -> Option<Step> {
    let mut owned = guest.owned();
    if !owned.is_empty() && random.below(6) == 0 {
        return Some(Step::Drop(owned[random.below(owned.len())].0));
    }
    let function = &functions[random.below(functions.len())];
    let mut pick = Random::new(random.bits());
    let mut lent = Vec::new();
    let mut resource = |ty: &Type| match ty {
        Type::Own(ty) | Type::Borrow(ty) if ty.imported => {
            Some(Resource::Host([0, 2, u32::MAX, 9][pick.below(4)]))
        }
        Type::Own(ty) => {
            let fits: Vec<usize> =
                (0..owned.len()).filter(|i| owned[*i].1 == *ty && !lent.contains(&owned[*i].0)).collect();
            if fits.is_empty() {
                return None;
            }
            Some(Resource::Guest(owned.remove(fits[pick.below(fits.len())]).0))
        }
        Type::Borrow(ty) => {
            let fits: Vec<u32> = owned.iter().filter(|(_, other)| other == ty).map(|(n, _)| *n).collect();
            if fits.is_empty() {
                return None;
            }
            let number = fits[pick.below(fits.len())];
            lent.push(number);
            Some(Resource::Guest(number))
        }
        _ => None,
    };
    let mut value = |ty: &Type| {
        let resource = resource(ty)?;
        Some(if matches!(ty, Type::Own(_)) { Value::Own(resource) } else { Value::Borrow(resource) })
    };
    let args: Option<Vec<Value>> =
        function.ty.params.iter().map(|(_, ty)| random.value(ty, &mut value)).collect();
    Some(Step::Call { path: function.path.clone(), args: args? })
}
