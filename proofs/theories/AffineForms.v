(* Affine images of a cube, and how stages act on them.

   Forms are affine functions of y, |y_k| <= 1, with integer coefficients over one denominator: the rows of a
   matrix with a constant each.  The value of (c, k) lies between k - sum |c_j| and k + sum |c_j| over the
   denominator; no vertex is listed.  A stage takes forms to forms, as long as on the whole cube every bend
   stays on one side of its knee; the sides are recorded. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Rational Network Bends Evaluate Vectors VectorMaps.
Import ListNotations.
Local Open Scope R_scope.

Definition entry : Type := list Z * Z.
Definition forms : Type := positive * list entry.

Definition forms_at (F : forms) (y : list R) : list R := map (linear_R (fst F) y) (snd F).

(* ---- Affine stages ---- *)

(* a x + y *)
Fixpoint add_multiple (a : Z) (x y : list Z) : list Z :=
  match x, y with
  | [], _ => y
  | p :: x', [] => (a * p)%Z :: add_multiple a x' []
  | p :: x', q :: y' => (a * p + q)%Z :: add_multiple a x' y'
  end.

(* The linear combination of forms with these weights *)
Fixpoint mix (w : list Z) (E : list entry) : entry :=
  match w, E with
  | a :: w', (c, k) :: E' =>
      if (a =? 0)%Z then mix w' E'
      else let (c', k') := mix w' E' in (add_multiple a c c', (a * k + k')%Z)
  | _, _ => ([], 0%Z)
  end.

Definition push_affine (over : positive) (rows : list entry) (F : forms) : forms :=
  ((over * fst F)%positive,
   map (fun row => let (c, k) := mix (fst row) (snd F) in (c, (k + Zpos (fst F) * snd row)%Z)) rows).

Lemma dot_add_multiple a x : forall y v, dot_R (add_multiple a x y) v = IZR a * dot_R x v + dot_R y v.
Proof.
  induction x as [|p x IH]; intros [|q y] [|v0 v]; cbn [add_multiple dot_R]; try ring;
    rewrite IH, ?plus_IZR, mult_IZR; cbn [dot_R]; ring.
Qed.

Lemma mix_correct D y w : forall E, linear_R D y (mix w E) = dot_R w (map (linear_R D y) E).
Proof.
  pose proof (pos_R D) as HD.
  induction w as [|a w IH]; intros [|[c k] E]; cbn [mix map dot_R]; try (unfold linear_R; simpl; lra).
  rewrite <- IH. destruct (Z.eqb_spec a 0) as [->|_]; [ring|].
  destruct (mix w E) as [c' k']. unfold linear_R. cbn [fst snd].
  rewrite dot_add_multiple, plus_IZR, mult_IZR. field. lra.
Qed.

Lemma push_affine_correct over rows F y :
  forms_at (push_affine over rows F) y = map (linear_R over (forms_at F y)) rows.
Proof.
  unfold forms_at at 1, push_affine. cbn [fst snd]. rewrite map_map. apply map_ext. intros [w b].
  cbn [fst snd]. pose proof (mix_correct (fst F) y w (snd F)) as H. fold (forms_at F y) in H.
  destruct (mix w (snd F)) as [c k]. unfold linear_R in *. cbn [fst snd] in *. rewrite <- H.
  pose proof (pos_R over). pose proof (pos_R (fst F)). rewrite mult_pos_R, plus_IZR, mult_IZR. field; lra.
Qed.

(* ---- Bends ---- *)

(* On which side of the knee the form stays: right (true), left, or it cannot be told *)
Definition side_of (b : bend) (D : positive) (e : entry) : option bool :=
  let (c, k) := e in
  let q := Zpos (Qden (knee b)) in
  let t := (Zpos D * Qnum (knee b))%Z in
  if (q * (k + size c) <? t)%Z then Some false else if (t <? q * (k - size c))%Z then Some true else None.

(* The form after the bend, over D * bend_den b *)
Definition bend_entry (b : bend) (D : positive) (on : bool) (e : entry) : entry :=
  let (c, k) := e in
  let slope := if on then after b else before b in
  let q := Zpos (Qden (knee b)) in
  let t := (Zpos D * Qnum (knee b))%Z in
  (map (Z.mul (slope * q)) c, (slope * (q * k - t) + Zpos (over b) * t)%Z).

Definition scale_entry (s : positive) (e : entry) : entry :=
  (map (Z.mul (Zpos s)) (fst e), (Zpos s * snd e)%Z).

Fixpoint push_bent (n : nat) (b : bend) (D : positive) (E : list entry) : option (list bool * list entry) :=
  match n, E with
  | S n', e :: E' =>
      match side_of b D e, push_bent n' b D E' with
      | Some on, Some (sides, F) => Some (on :: sides, bend_entry b D on e :: F)
      | _, _ => None
      end
  | _, _ => Some ([], map (scale_entry (bend_den b)) E)
  end.

(* The first n coordinates are at least g away from the knee, on these sides. *)
Fixpoint sided (g : R) (b : bend) (n : nat) (x : list R) (sides : list bool) : Prop :=
  match n, x, sides with
  | S n', v :: x', on :: sides' =>
      (if on : bool then Q2R (knee b) + g <= v else v <= Q2R (knee b) - g) /\ sided g b n' x' sides'
  | S _, _ :: _, [] => False
  | _, _, _ => sides = []
  end.

Lemma dot_map_mul s c y : dot_R (map (Z.mul s) c) y = IZR s * dot_R c y.
Proof. revert y; induction c as [|a c IH]; intros [|v y]; simpl; try ring. rewrite IH, mult_IZR. ring. Qed.

Lemma dot_size c y : norm y <= 1 -> Rabs (dot_R c y) <= IZR (size c).
Proof.
  intro Hy. pose proof (dot_lipschitz c y []) as H. rewrite distance_nil in H.
  replace (dot_R c []) with 0 in H by (destruct c; reflexivity). rewrite Rminus_0_r in H.
  pose proof (size_nonneg c). nra.
Qed.

Lemma side_of_correct b D e on y : side_of b D e = Some on -> norm y <= 1 ->
  let g := / IZR (Zpos (D * Qden (knee b))) in let v := linear_R D y e in
  if on then Q2R (knee b) + g <= v else v <= Q2R (knee b) - g.
Proof.
  destruct e as [c k]. destruct b as [[n q] l r o]. unfold side_of. cbn [knee Qnum Qden].
  intros H Hy. assert (Hd : - IZR (size c) <= dot_R c y <= IZR (size c)).
  { pose proof (dot_size c y Hy). pose proof (Rle_abs (dot_R c y)). pose proof (Rle_abs (- dot_R c y)).
    rewrite Rabs_Ropp in *. lra. }
  unfold linear_R. cbn [fst snd]. rewrite mult_pos_R, Q2R_make.
  pose proof (pos_R D) as HD. pose proof (pos_R q) as Hq.
  assert (HDq : 0 < IZR (Zpos D) * IZR (Zpos q)) by (apply Rmult_lt_0_compat; assumption).
  assert (E1 : forall v, v / IZR (Zpos D) = IZR (Zpos q) * v * / (IZR (Zpos D) * IZR (Zpos q))) by (intro;
    field; lra).
  assert (E2 : IZR n / IZR (Zpos q) = IZR (Zpos D) * IZR n * / (IZR (Zpos D) * IZR (Zpos q))) by (field; lra).
  apply Rinv_0_lt_compat in HDq. rewrite E1, E2. set (i := / (_ * _)) in *.
  destruct (Z.ltb_spec (Zpos q * (k + size c)) (Zpos D * n)) as [C|_].
  - injection H as <-. apply Z.le_succ_l, IZR_le in C. rewrite succ_IZR, !mult_IZR, plus_IZR in C.
    assert (IZR (Zpos q) * (dot_R c y + IZR k) + 1 <= IZR (Zpos D) * IZR n) by nra. nra.
  - destruct (Z.ltb_spec (Zpos D * n) (Zpos q * (k - size c))) as [C|_]; [|discriminate].
    injection H as <-. apply Z.le_succ_l, IZR_le in C. rewrite succ_IZR, !mult_IZR, minus_IZR in C.
    assert (IZR (Zpos D) * IZR n + 1 <= IZR (Zpos q) * (dot_R c y + IZR k)) by nra. nra.
Qed.

Lemma bend_entry_correct b D on e y : side_of b D e = Some on -> norm y <= 1 ->
  bend_sem b (linear_R D y e) = linear_R (D * bend_den b) y (bend_entry b D on e).
Proof.
  intros Hs Hy. pose proof (side_of_correct b D e on y Hs Hy) as H. cbv zeta in H.
  pose proof (pos_R D) as HD. assert (Hg : 0 < / IZR (Zpos (D * Qden (knee b)))) by (apply Rinv_0_lt_compat,
    pos_R).
  set (g := / _) in *. unfold bend_sem.
  replace (if Rlt_dec (linear_R D y e) (Q2R (knee b)) then IZR (before b) else IZR (after b))
    with (IZR (if on then after b else before b)).
  2:{ destruct on, (Rlt_dec (linear_R D y e) (Q2R (knee b))); reflexivity || lra. }
  clear. destruct e as [c k], b as [[n q] l r o]. unfold bend_entry, linear_R, bend_den.
  cbn [knee before after over Qnum Qden fst snd]. set (slope := if on then r else l).
  pose proof (pos_R D). pose proof (pos_R q). pose proof (pos_R o).
  rewrite dot_map_mul, !mult_pos_R, Q2R_make, plus_IZR, !mult_IZR, minus_IZR, !mult_IZR. field; lra.
Qed.

Lemma scale_entry_correct s D e y : linear_R (D * s) y (scale_entry s e) = linear_R D y e.
Proof.
  destruct e as [c k]. unfold linear_R, scale_entry. cbn [fst snd].
  pose proof (pos_R D). pose proof (pos_R s). rewrite dot_map_mul, mult_pos_R, mult_IZR. field; lra.
Qed.

Lemma push_bent_correct b D n : forall E sides F, push_bent n b D E = Some (sides, F) ->
  forall y, norm y <= 1 ->
    bent n b (map (linear_R D y) E) = map (linear_R (D * bend_den b) y) F /\
    sided (/ IZR (Zpos (D * Qden (knee b)))) b n (map (linear_R D y) E) sides.
Proof.
  assert (Hend : forall E y, map (linear_R (D * bend_den b) y) (map (scale_entry (bend_den b)) E) =
    map (linear_R D y) E).
  { intros E y. rewrite map_map. apply map_ext. intro e. apply scale_entry_correct. }
  induction n as [|n IH]; intros E sides F H y Hy; [injection H as <- <-; rewrite Hend; split; reflexivity|].
  destruct E as [|e E]; cbn [push_bent] in H; [injection H as <- <-; split; reflexivity|].
  destruct (side_of b D e) as [on|] eqn:Hs; [|discriminate].
  destruct (push_bent n b D E) as [[sides' F']|] eqn:HE; [|discriminate]. injection H as <- <-.
  destruct (IH E sides' F' HE y Hy) as [H1 H2]. cbn [map bent sided].
  rewrite H1, (bend_entry_correct b D on e y Hs Hy). split; [reflexivity|]. split; [|exact H2].
  apply (side_of_correct b D e on y Hs Hy).
Qed.

Lemma sided_shrink g g' b n : g' <= g -> forall x sides, sided g b n x sides -> sided g' b n x sides.
Proof.
  intro Hg. induction n as [|n IH]; intros [|v x] [|on sides] H; cbn [sided] in *; try exact H;
    try contradiction.
  destruct H as [H1 H2]. split; [destruct on; lra|]. apply IH, H2.
Qed.

(* Different sides are apart. *)
Lemma sided_far g b n : 0 < g -> forall x y p q, length x = length y -> sided g b n x p -> sided g b n y q ->
  p <> q -> g <= distance x y.
Proof.
  intro Hg. induction n as [|n IH]; intros [|v x] [|w y] [|r p] [|s q] Hlen Hp Hq Hne;
    cbn [sided length] in *;
    try discriminate; try contradiction; try congruence.
  destruct Hp as [Hp Hp'], Hq as [Hq Hq']. cbn [distance].
  pose proof (Rmax_l (Rabs (v - w)) (distance x y)). pose proof (Rmax_r (Rabs (v - w)) (distance x y)).
  destruct (Bool.bool_dec r s) as [->|Hrs].
  - apply (Rle_trans _ (distance x y)); [|lra]. apply (IH x y p q); congruence.
  - apply (Rle_trans _ (Rabs (v - w))); [|lra]. pose proof (Rle_abs (v - w)). pose proof (Rle_abs (w - v)).
    rewrite (Rabs_minus_sym w v) in *. destruct r, s; try congruence; lra.
Qed.

(* ---- All stages of a map ---- *)

Definition pattern : Type := list (list bool).

Fixpoint push (S : list stage) (F : forms) : option (pattern * forms) :=
  match S with
  | [] => Some ([], F)
  | Affine over rows :: S' => push S' (push_affine over rows F)
  | Bent n b :: S' =>
      match push_bent n b (fst F) (snd F) with
      | Some (sides, E) =>
          match push S' ((fst F * bend_den b)%positive, E) with
          | Some (p, F') => Some (sides :: p, F')
          | None => None
          end
      | None => None
      end
  end.

(* On its way through the stages x has this pattern, at least g away from every knee. *)
Fixpoint sees (g : R) (S : list stage) (x : list R) (p : pattern) : Prop :=
  match S, p with
  | [], _ => p = []
  | Affine over rows as s :: S', _ => sees g S' (stage_sem x s) p
  | Bent n b as s :: S', sides :: p' => sided g b n x sides /\ sees g S' (stage_sem x s) p'
  | Bent _ _ :: _, [] => False
  end.

Lemma sees_shrink g g' S : g' <= g -> forall x p, sees g S x p -> sees g' S x p.
Proof.
  intro Hg. induction S as [|[over rows|n b] S IH]; intros x p H; cbn [sees] in *; auto.
  destruct p as [|sides p]; [exact H|]. destruct H as [H1 H2]. split; [apply (sided_shrink g);
    assumption|auto].
Qed.

Lemma push_correct S : forall F p F', push S F = Some (p, F') ->
  (forall y, norm y <= 1 -> through S (forms_at F y) = forms_at F' y) /\
  exists g, 0 < g /\ forall y, norm y <= 1 -> sees g S (forms_at F y) p.
Proof.
  induction S as [|[over rows|n b] S IH]; intros F p F' H; cbn [push] in H.
  - injection H as <- <-. split; [reflexivity|]. exists 1. split; [lra|reflexivity].
  - destruct (IH _ _ _ H) as (H1 & g & Hg & H2).
    split; [|exists g; split; [exact Hg|]]; intros y Hy; specialize (H1 y Hy); specialize (H2 y Hy);
      rewrite push_affine_correct in *; assumption.
  - destruct F as [D E]. cbn [fst snd] in H.
    destruct (push_bent n b D E) as [[sides F1]|] eqn:HE; [|discriminate].
    destruct (push S _) as [[p' F2]|] eqn:HS; [|discriminate]. injection H as <- <-.
    pose proof (push_bent_correct b D n E sides F1 HE) as Hb.
    destruct (IH _ _ _ HS) as (H1 & g & Hg & H2).
    assert (Hg' : 0 < / IZR (Zpos (D * Qden (knee b)))) by apply Rinv_0_lt_compat, pos_R.
    set (g' := / IZR _) in *.
    split; [|exists (Rmin g g'); split; [apply Rmin_pos; assumption|]]; intros y Hy;
      specialize (H1 y Hy); specialize (H2 y Hy); destruct (Hb y Hy) as [H3 H4];
      cbn [through fold_left stage_sem sees]; unfold forms_at in *; cbn [fst snd] in *; rewrite H3 in *.
    + exact H1.
    + split; [apply (sided_shrink g'); [apply Rmin_r|exact H4]|apply (sees_shrink g);
        [apply Rmin_l|exact H2]].
Qed.

(* Points with different patterns are apart. *)
Lemma sees_far S : exists L, 1 <= L /\ forall g x y p q, 0 < g -> length x = length y ->
  sees g S x p -> sees g S y q -> p <> q -> g <= L * distance x y.
Proof.
  induction S as [|s S (L & HL & IH)].
  - exists 1. split; [lra|]. intros g x y p q _ _ Hp Hq Hne. cbn [sees] in *. congruence.
  - assert (Hlip : lipschitz (fun x => stage_sem x s)).
    { destruct s; [apply affine_lipschitz|apply bent_lipschitz]. }
    destruct Hlip as (M & HM & Hlip). exists (L * M). split; [nra|]. intros g x y p q Hg Hlen Hp Hq Hne.
    destruct (Hlip x y Hlen) as [Hlen' Hd]. pose proof (distance_pos x y) as Hpos.
    assert (Hnext : forall p' q', sees g S (stage_sem x s) p' -> sees g S (stage_sem y s) q' -> p' <> q' ->
      g <= L * M * distance x y).
    { intros p' q' Hp' Hq' Hne'. eapply Rle_trans; [apply (IH g _ _ p' q' Hg Hlen' Hp' Hq' Hne')|]. nra. }
    destruct s as [over rows|n b]; [apply (Hnext p q); assumption|].
    destruct p as [|p0 p], q as [|q0 q]; cbn [sees] in Hp, Hq; try contradiction.
    destruct Hp as [Hp0 Hp], Hq as [Hq0 Hq].
    destruct (list_eq_dec Bool.bool_dec p0 q0) as [->|Hne0]; [apply (Hnext p q); congruence|].
    pose proof (sided_far g b n Hg x y p0 q0 Hlen Hp0 Hq0 Hne0). assert (1 <= L * M) by nra. nra.
Qed.

(* ---- Several steps ---- *)

Fixpoint walk (S : list stage) (t : nat) (F : forms) : option (list pattern * forms) :=
  match t with
  | O => Some ([], F)
  | Datatypes.S t' =>
      match push S F with
      | Some (p, F1) => match walk S t' F1 with Some (ps, F2) => Some (p :: ps, F2) | None => None end
      | None => None
      end
  end.

Lemma walk_correct S t : forall F ps F', walk S t F = Some (ps, F') ->
  (forall y, norm y <= 1 -> iter t (through S) (forms_at F y) = forms_at F' y) /\
  exists g, 0 < g /\ forall y j, norm y <= 1 -> (j < t)%nat ->
    sees g S (iter j (through S) (forms_at F y)) (nth j ps []).
Proof.
  induction t as [|t IH]; intros F ps F' H; cbn [walk] in H.
  - injection H as <- <-. split; [reflexivity|]. exists 1. split; [lra|]. intros; lia.
  - destruct (push S F) as [[p F1]|] eqn:HF; [|discriminate].
    destruct (walk S t F1) as [[ps' F2]|] eqn:HW; [|discriminate]. injection H as <- <-.
    destruct (push_correct S F p F1 HF) as (H1 & g & Hg & H2).
    destruct (IH F1 ps' F2 HW) as (H3 & g' & Hg' & H4). split.
    + intros y Hy. rewrite Iterates.iter_S, H1 by exact Hy. apply H3, Hy.
    + exists (Rmin g g'). split; [apply Rmin_pos; assumption|]. intros y [|j] Hy Hj; cbn [nth].
      * apply (sees_shrink g); [apply Rmin_l|]. apply H2, Hy.
      * rewrite Iterates.iter_S, H1 by exact Hy.
        apply (sees_shrink g'); [apply Rmin_r|]. apply H4; [exact Hy|lia].
Qed.
