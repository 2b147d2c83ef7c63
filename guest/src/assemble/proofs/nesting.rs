//! Which component instance is inside which. In: a plan. Out: answers, each in constant time: instances
//! can be nested as deep as there are instances. Not its job: what follows from it.

use crate::ids::{IdVec, InstanceId};
use crate::link::Plan;

/// The tree of the component instances.
pub struct Nesting {
    parents: IdVec<InstanceId, Option<InstanceId>>,
    /// For each instance the last one inside it, or itself. Instances are numbered as their
    /// instantiation begins, and end before what is around them does: those inside of one follow it
    /// without a gap.
    last: IdVec<InstanceId, InstanceId>,
}

impl Nesting {
    pub fn of(plan: &Plan<'_>) -> Nesting {
        let (mut parents, mut last) = (IdVec::new(), IdVec::new());
        for (id, instance) in plan.instances.iter() {
            parents.push(instance.parent);
            last.push(id);
        }
        for (id, instance) in plan.instances.iter().rev() {
            if let Some(parent) = instance.parent {
                last[parent] = last[parent].max(last[id]);
            }
        }
        Nesting { parents, last }
    }

    /// Whether `inner` is inside `outer`.
    pub fn inside(&self, inner: InstanceId, outer: InstanceId) -> bool {
        outer < inner && inner <= self.last[outer]
    }

    /// `id` and what is around it, from the inside to the root.
    pub fn outwards(&self, id: InstanceId) -> impl Iterator<Item = InstanceId> {
        std::iter::successors(Some(id), |id| self.parents[*id])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;
    use crate::link::Instance;

    /// Against the way upwards, in every pair of a tree: 0 (1 (2 3) 4 (5 (6))).
    #[test]
    fn inside_is_what_the_way_outwards_meets() {
        let mut plan = Plan::default();
        for parent in [None, Some(0), Some(1), Some(1), Some(0), Some(4), Some(5)] {
            let parent = parent.map(InstanceId::from_index);
            plan.instances.push(Instance { parent, label: String::new() });
        }
        let nesting = Nesting::of(&plan);
        for inner in plan.instances.ids() {
            for outer in plan.instances.ids() {
                let met = nesting.outwards(inner).skip(1).any(|id| id == outer);
                assert_eq!(nesting.inside(inner, outer), met, "{inner:?} in {outer:?}");
            }
        }
    }
}
