(* Feed-forward networks R -> R as data, and their meaning as functions of a real variable.

   A layer takes the vector x to activation((W x + b) / den): its weights and biases are integers over one
   common denominator, so every network of rational or floating-point numbers is exactly such data.  The
   numerals stay digits until something computes with them: large networks load fast. *)
From Coq Require Import Reals Lra ZArith QArith Qreals List Number.
From Certify Require Import Rational.
Import ListNotations.
Local Open Scope R_scope.

(* ---- data ---- *)

Inductive numeral := Numeral (digits : Number.int).
Definition digits (n : numeral) : Number.int := match n with Numeral i => i end.
Definition value (n : numeral) : Z := Z.of_num_int (digits n).

Declare Scope numeral_scope.
Delimit Scope numeral_scope with numeral.
Bind Scope numeral_scope with numeral.
Number Notation numeral Numeral digits : numeral_scope.

Inductive activation := Identity | Relu | LeakyRelu (slope : Q) | Abs | Clip (lo hi : Q).

Record layer := Layer {
  act : activation;
  den : positive;
  rows : list (list numeral * numeral)   (* for each unit its weights and its bias, times den *)
}.
Arguments Layer act den%positive rows%numeral.

Definition network := list layer.        (* from the first to the last *)

(* ---- meaning ---- *)

Definition act_sem (a : activation) (y : R) : R :=
  match a with
  | Identity => y
  | Relu => Rmax 0 y
  | LeakyRelu s => if Rlt_dec y 0 then Q2R s * y else y
  | Abs => Rabs y
  | Clip lo hi => Rmin (Q2R hi) (Rmax (Q2R lo) y)
  end.

Fixpoint weighted_sum (w : list numeral) (x : list R) : R :=
  match w, x with
  | a :: w', v :: x' => IZR (value a) * v + weighted_sum w' x'
  | _, _ => 0
  end.

Definition unit_sem (l : layer) (x : list R) (row : list numeral * numeral) : R :=
  act_sem (act l) ((weighted_sum (fst row) x + IZR (value (snd row))) / IZR (Zpos (den l))).

Definition layer_sem (x : list R) (l : layer) : list R := map (unit_sem l x) (rows l).

Definition net_sem (net : network) (x : R) : R := hd 0 (fold_left layer_sem net [x]).

(* Each layer takes as many inputs as the one before it has units; the last has one. *)
Fixpoint well_shaped (inputs : nat) (net : network) : bool :=
  match net with
  | [] => Nat.eqb inputs 1
  | l :: rest =>
      forallb (fun row => Nat.eqb (length (fst row)) inputs) (rows l) && well_shaped (length (rows l)) rest
  end.
