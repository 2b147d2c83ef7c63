//! Types that no component has written down. In: the types of a plan, the calls. Out: all of these types,
//! with the tuples of the entries of maps and of parameters that many calls share. Not its job: code.

use super::helper::{source, told_apart};
use super::spec::Function;
use crate::abi::facts::{FactTable, Facts};
use crate::abi::side::Side;
use crate::ids::TypeId;
use crate::link::{FuncType, Type, Types};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Calls with the same parameters on the same way, up to this many, have the code for them each; of more
/// they share it, where it is much.
const SEPARATE_PARAMS: usize = 4;

/// A plan's types, with those that are derived from them.
pub struct Derived {
    pub types: Types,
    /// For each key and value type of a map, the tuple of them: to which a map's entries despecialize.
    pub pairs: BTreeMap<(TypeId, TypeId), TypeId>,
    /// For each way that many calls share, the tuple of the parameters.
    pub params: HashMap<Way, TypeId>,
}

/// Parameters on their way from one side to another one, as far as code for them can tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Way {
    /// Without names, and with a result: calls of one function have it in common.
    ty: Rc<FuncType>,
    from: Side,
    to: Side,
}

impl Way {
    /// `facts` are those of the parameters.
    pub fn new(ty: &Rc<FuncType>, facts: Facts, from: Side, to: Side) -> Way {
        let (from, to) = (source(from, facts, false), told_apart(to.chosen().0, facts, false));
        Way { ty: ty.clone(), from, to }
    }
}

impl Derived {
    /// With the entries of maps alone.
    pub fn of(types: &Types) -> Derived {
        let mut all = types.clone();
        let mut pairs = BTreeMap::new();
        for (_, ty) in types.iter() {
            if let Type::Map(key, value) = ty {
                pairs.insert((*key, *value), all.intern(Type::Tuple([*key, *value].into())));
            }
        }
        Derived { types: all, pairs, params: HashMap::new() }
    }

    /// With all of them.
    pub fn with_params(types: &Types, functions: &[Function]) -> Derived {
        let mut derived = Derived::of(types);
        let facts = FactTable::new(types);
        let mut ways: HashMap<Way, usize> = HashMap::new();
        for function in functions {
            // One parameter is one value anyway.
            let Function::Call(call) = function else { continue };
            if call.ty.params.len() < 2 {
                continue;
            }
            let way = Way::new(&call.ty, facts.of_params(&call.ty), call.caller, call.callee);
            let count = ways.entry(way.clone()).or_default();
            *count = count.saturating_add(1);
            // The first call that is one too many: so the order is that of the calls.
            if *count == SEPARATE_PARAMS.saturating_add(1) {
                let params = way.ty.params.iter().map(|(_, id)| *id).collect();
                let tuple = derived.types.intern(Type::Tuple(params));
                derived.params.insert(way, tuple);
            }
        }
        derived
    }
}
