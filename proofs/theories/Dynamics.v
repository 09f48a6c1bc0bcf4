(* The notions of discrete dynamics in which every theorem of this development is stated.

   A map is any function f : R -> R.  Of a map of an interval [lo, hi] only the values there matter, and it is
   asked to be continuous only there.  This file has definitions alone: to know what is proved, read it and
   the statements in Main.v. *)

From Coq Require Import Reals.
Open Scope R_scope.

(* ---- Iterates, maps of an interval ---- *)

Fixpoint iter {X : Type} (n : nat) (f : X -> X) (x : X) : X :=
  match n with
  | O => x
  | S k => f (iter k f x)
  end.

Definition selfmap (f : R -> R) (lo hi : R) : Prop :=
  forall x, lo <= x <= hi -> lo <= f x <= hi.

(* f, restricted to [lo, hi], is continuous. *)
Definition cont_on (f : R -> R) (lo hi : R) : Prop :=
  forall x, lo <= x <= hi -> forall eps, 0 < eps ->
  exists delta, 0 < delta /\
    forall y, lo <= y <= hi -> Rabs (y - x) < delta -> Rabs (f y - f x) < eps.

(* ---- Periodic points ---- *)

Definition periodic {X : Type} (f : X -> X) (x : X) : Prop :=
  exists n, (0 < n)%nat /\ iter n f x = x.

Definition least_period (f : R -> R) (n : nat) (x : R) : Prop :=
  (0 < n)%nat /\ iter n f x = x /\ forall k, (0 < k < n)%nat -> iter k f x <> x.

(* ---- Two orbits ---- *)

(* lim |f^n x - f^n y| = 0 *)
Definition asymptotic (f : R -> R) (x y : R) : Prop :=
  Un_cv (fun n => iter n f x - iter n f y) 0.

(* liminf |f^n x - f^n y| = 0 *)
Definition proximal (f : R -> R) (x y : R) : Prop :=
  forall eps, 0 < eps -> forall N, exists n, (N <= n)%nat /\ Rabs (iter n f x - iter n f y) < eps.

(* limsup |f^n x - f^n y| > 0 *)
Definition distal (f : R -> R) (x y : R) : Prop :=
  exists d, 0 < d /\ forall N, exists n, (N <= n)%nat /\ d <= Rabs (iter n f x - iter n f y).

Definition li_yorke_pair (f : R -> R) (x y : R) : Prop :=
  distal f x y /\ proximal f x y.

(* ---- Chaos ---- *)

Definition scrambled (f : R -> R) (S : R -> Prop) : Prop :=
  forall x y, S x -> S y -> x <> y -> li_yorke_pair f x y.

Definition uncountable {X : Type} (S : X -> Prop) : Prop :=
  forall s : nat -> X, exists x, S x /\ forall n, s n <> x.

(* An uncountable scrambled set in [lo, hi], without periodic points, every point of which is distal from
   every periodic point. *)
Definition has_scrambled (f : R -> R) (lo hi : R) : Prop :=
  exists S : R -> Prop,
    (forall x, S x -> lo <= x <= hi) /\
    (forall x, S x -> ~ periodic f x) /\
    uncountable S /\
    scrambled f S /\
    (forall x q, S x -> periodic f q -> distal f x q).

(* The conclusion of Li and Yorke's theorem. *)
Definition li_yorke_chaotic (f : R -> R) (lo hi : R) : Prop :=
  (forall n, (0 < n)%nat -> exists x, lo <= x <= hi /\ least_period f n x) /\
  has_scrambled f lo hi.

(* A scrambled set, and a least period that is not a power of 2. *)
Definition chaotic (f : R -> R) (lo hi : R) : Prop :=
  has_scrambled f lo hi /\
  exists n p, lo <= p <= hi /\ least_period f n p /\ forall i, n <> (2 ^ i)%nat.

(* ---- Order ---- *)

(* On [lo, hi]: every orbit is asymptotic to a cycle, all least periods divide m, and there is no Li-Yorke
   pair. *)
Definition ordered (f : R -> R) (lo hi : R) (m : nat) : Prop :=
  (forall x, lo <= x <= hi ->
     exists p d, lo <= p <= hi /\ least_period f d p /\ Nat.divide d m /\ asymptotic f x p) /\
  (forall x d, lo <= x <= hi -> least_period f d x -> Nat.divide d m) /\
  (forall x y, lo <= x <= hi -> lo <= y <= hi -> ~ li_yorke_pair f x y).

(* On the line an orbit may also tend to infinity in absolute value. *)
Definition ordered_line (f : R -> R) (m : nat) : Prop :=
  (forall x, (exists p d, least_period f d p /\ Nat.divide d m /\ asymptotic f x p) \/
             cv_infty (fun n => Rabs (iter n f x))) /\
  (forall x d, least_period f d x -> Nat.divide d m) /\
  (forall x y, ~ li_yorke_pair f x y).
