(* The check of a block horseshoe, in integers.

   A block is {x : |r_k(x)| <= 1, k < d} for d affine forms r_k.  A word leads from block a to block b in a
   number of steps, and has a parallelepiped: the affine image of the cube |y_k| <= 1 under given forms.  On
   all of it the map is affine for so many steps (which the check finds out: no unit changes sides), and

     the image has its first u coordinates in block b equal to y_k, the point its others in block a,
     the point has its first u coordinates in block a inside (-1, 1), the image its others in block b,

   the equations up to an error of at most [slack], the inclusions with room for it: so the numbers that
   describe the parallelepiped may be rounded, and with slack 0 this is the condition on N in
   docs/certificate-format.md.  The sides that are seen on the way along different words from one block
   differ before the shorter one ends, or these words end together and apart. *)
From Coq Require Import ZArith QArith List Bool.
From Certify Require Import Rational Bends VectorMaps AffineForms.
Import ListNotations.
Local Open Scope lazy_bool_scope.

(* The forms of a block, and a matrix that is nearly inverse to them. *)
Inductive block := Block (over : positive) (rows : list entry) (inverse_over : positive) (inverse :
  list (list Z)).
Arguments Block over%positive rows inverse_over%positive inverse.

Inductive word := Word (source target steps : nat) (over : positive) (parallelepiped : list entry).
Arguments Word (source target steps)%nat over%positive parallelepiped.

Inductive block_certificate := BlockHorseshoe (expanding : nat) (slack : Q) (blocks : list block)
  (words : list word) (vector : list positive) (growth : Q) (loop_1 loop_2 : list nat).
Arguments BlockHorseshoe expanding%nat slack%Q blocks words vector growth%Q loop_1 loop_2.

Definition growth_of_blocks (c : block_certificate) : Q :=
  let 'BlockHorseshoe _ _ _ _ _ growth _ _ := c in growth.
Definition words_of (c : block_certificate) : list word :=
  let 'BlockHorseshoe _ _ _ words _ _ _ _ := c in words.

(* ---- Sizes of forms ---- *)

Definition entry_size (e : entry) : Z := (Z.abs (snd e) + size (fst e))%Z.

Definition form (k : nat) (F : forms) : entry := nth k (snd F) ([], 0%Z).

(* c - D y_k *)
Fixpoint minus_unit (k : nat) (D : positive) (c : list Z) : list Z :=
  match k, c with
  | O, [] => [Zneg D]
  | O, a :: c' => (a - Zpos D)%Z :: c'
  | S k', [] => 0%Z :: minus_unit k' D []
  | S k', a :: c' => a :: minus_unit k' D c'
  end.

(* ---- A word and what is found along it ---- *)

Record link := Link { from : nat; to : nat; duration : nat; domain : forms; image : forms;
  seen : list pattern }.

Definition link_of (S : list stage) (w : word) : option link :=
  let 'Word a b t over rows := w in
  match walk S t (over, rows) with
  | Some (patterns, F) => Some (Link a b t (over, rows) F patterns)
  | None => None
  end.

Fixpoint links_of (S : list stage) (words : list word) : option (list link) :=
  match words with
  | [] => Some []
  | w :: rest =>
      match link_of S w, links_of S rest with Some l, Some ls => Some (l :: ls) | _, _ => None end
  end.

Section Check.
Variables (d u : nat) (slack : Q) (blocks : list block).

Definition block_at (a : nat) : block := nth a blocks (Block 1 [] 1 []).

Definition in_block (a : nat) (F : forms) : forms :=
  let 'Block over rows _ _ := block_at a in push_affine over rows F.

(* Its rows have an approximate inverse, so they are independent. *)
Definition good_block (B : block) : bool :=
  let 'Block over rows inverse_over inverse := B in
  let D := (inverse_over * over)%positive in
  (length rows =? d)%nat &&&
  forallb (fun k => (size (minus_unit k D (fst (mix (nth k inverse []) rows))) <? Zpos D)%Z) (seq 0 d).

Definition good_form (entering leaving : forms) (k : nat) : bool :=
  let (main, rest) := if (k <? u)%nat then (entering, leaving) else (leaving, entering) in
  let (c, const) := form k rest in
  less (entry_size (form k main) # fst main) (1 - slack) &&&
  leq (entry_size (minus_unit k (fst rest) c, const) # fst rest) slack.

Definition good_link (l : link) : bool :=
  (from l <? length blocks)%nat &&& (to l <? length blocks)%nat &&& (0 <? duration l)%nat &&&
  (length (snd (domain l)) =? d)%nat &&&
  (let entering := in_block (from l) (domain l) in
   let leaving := in_block (to l) (image l) in forallb (good_form entering leaving) (seq 0 d)).

(* ---- Words from one block ---- *)

Definition pattern_dec : forall p q : pattern, {p = q} + {p <> q} := list_eq_dec (list_eq_dec Bool.bool_dec).

Fixpoint parts (p q : list pattern) : bool :=
  match p, q with
  | a :: p', b :: q' => if pattern_dec a b then parts p' q' else true
  | _, _ => false
  end.

(* Some of the forms has no value in [-1, 1]. *)
Definition outside (F : forms) : bool :=
  existsb (fun e => (Zpos (fst F) <? Z.abs (snd e) - size (fst e))%Z) (snd F).

(* They end at the same time, where the image of one lies outside of the block in which the other ends. *)
Definition ends_apart (x y : link) : bool :=
  (duration x =? duration y)%nat &&&
  (outside (in_block (to y) (image x)) ||| outside (in_block (to x) (image y))).

Fixpoint all_part (l : list link) : bool :=
  match l with
  | [] => true
  | x :: rest =>
      forallb (fun y => negb (from x =? from y)%nat ||| parts (seen x) (seen y) ||| ends_apart x y) rest &&&
      all_part rest
  end.
End Check.

(* ---- Growth and loops ---- *)

(* sum of v_target / growth^steps over the words from block a, at least v_a; times growth's numerator^most *)
Definition growth_row (links : list link) (weight : nat -> Z) (p q : Z) (most a : nat) : Z :=
  fold_right (fun l s => ((if (from l =? a)%nat then weight (to l) * q ^ Z.of_nat (duration l) *
    p ^ Z.of_nat (most - duration l) else 0) + s)%Z) 0%Z links.

Definition good_growth (links : list link) (vector : list positive) (growth : Q) (nblocks : nat) : bool :=
  let weight a := Zpos (nth a vector 1%positive) in
  let p := Qnum growth in
  let q := Zpos (Qden growth) in
  let most := fold_right (fun l m => Nat.max (duration l) m) O links in
  (q <? p)%Z &&&
  forallb (fun a => (weight a * p ^ Z.of_nat most <=? growth_row links weight p q most a)%Z) (seq 0 nblocks).

Fixpoint leads (links : list link) (a : nat) (L : list nat) (c : nat) : bool :=
  match L with
  | [] => (a =? c)%nat
  | i :: L' =>
      match nth_error links i with
      | Some l => (from l =? a)%nat &&& leads links (to l) L' c
      | None => false
      end
  end.

Definition good_loops (links : list link) (P Q : list nat) : bool :=
  match P with
  | i :: _ =>
      match nth_error links i with
      | Some l => leads links (from l) P (from l) &&& leads links (from l) Q (from l) &&&
          (if list_eq_dec Nat.eq_dec (P ++ Q) (Q ++ P) then false else true)
      | None => false
      end
  | [] => false
  end.

Definition horseshoe_check (d : nat) (m : vector_map) (c : block_certificate) : bool :=
  let 'BlockHorseshoe u slack blocks words vector growth P Q := c in
  vector_shaped d m &&& leq 0 slack &&& less slack 1 &&& forallb (good_block d) blocks &&&
  match links_of (stages m) words with
  | Some links => forallb (good_link d u slack blocks) links &&& all_part blocks links &&&
      good_growth links vector growth (length blocks) &&& good_loops links P Q
  | None => false
  end.
